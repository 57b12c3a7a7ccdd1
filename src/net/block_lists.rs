//! The block lists of the process: which one a handle means. Servers and sockets hold theirs by a count, so a list may be
//! freed while it is in use.
use super::BlockListId;
use super::block_list::BlockList;
use crate::core::table::Table;
use crate::sys::code::{Code, Result};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

static LISTS: LazyLock<RwLock<Table<Arc<BlockList>>>> = LazyLock::new(|| RwLock::new(Table::new(1)));

/// Makes an empty one.
pub fn block_list_new() -> Result<BlockListId> {
    let mut lists = LISTS.write().unwrap_or_else(PoisonError::into_inner);
    lists.insert(|_| Arc::default()).map(BlockListId).ok_or(Code::ENOMEM)
}

/// The list that is named. It lives as long as somebody holds it.
pub fn block_list(id: BlockListId) -> Result<Arc<BlockList>> {
    let lists = LISTS.read().unwrap_or_else(PoisonError::into_inner);
    lists.get(id.0).cloned().ok_or(Code::EBADF)
}

/// Its name is dead; who holds the list goes on using it.
pub fn block_list_free(id: BlockListId) -> Result {
    let list = LISTS.write().unwrap_or_else(PoisonError::into_inner).remove(id.0);
    list.map(drop).ok_or(Code::EBADF)
}
