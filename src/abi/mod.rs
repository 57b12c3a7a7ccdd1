//! The C border: one file per noun of the header.
