/* What must be balanced when a case is over: descriptors, counted user data, the directory of the case. */
#ifndef LEDGER_H
#define LEDGER_H

void ledger_check_users(void);
void ledger_print_fds(void);
void ledger_remove_dir(void);
void ledger_free(void);

#endif
