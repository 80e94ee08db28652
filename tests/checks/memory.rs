//! An allocator that counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What a thread has allocated.
#[derive(Clone, Copy, Default)]
pub struct Account {
    /// How often memory was asked for, or for more of it.
    pub times: usize,
    /// Bytes in use, and the most that were.
    pub bytes: isize,
    pub most: isize,
}

thread_local! {
    static ACCOUNT: Cell<Account> = const { Cell::new(Account { times: 0, bytes: 0, most: 0 }) };
}

struct Counting;

impl Counting {
    fn enter(times: usize, bytes: isize) {
        ACCOUNT.with(|account| {
            let Account { times: before, bytes: used, most } = account.get();
            account.set(Account { times: before + times, bytes: used + bytes, most: most.max(used + bytes) });
        });
    }
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Counting::enter(1, layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        Counting::enter(0, -(layout.size() as isize));
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Counting::enter(1, size as isize - layout.size() as isize);
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What some work comes to, with the account of it; what it returns is in use at the end.
pub fn account<T>(work: impl FnOnce() -> T) -> (T, Account) {
    let before = ACCOUNT.get().bytes;
    ACCOUNT.set(Account { times: 0, bytes: 0, most: 0 });
    let done = work();
    let account = ACCOUNT.get();
    ACCOUNT.set(Account { bytes: before + account.bytes, ..account });
    (done, account)
}
