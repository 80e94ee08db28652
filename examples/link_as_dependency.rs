//! The few lines most programs need: open a restorer, restore a text, look at what was changed.
//!
//! In your own crate: `cargo add phucdau`, then what follows. Here:
//!
//! ```sh
//! cargo run --release --example link_as_dependency
//! ```

fn main() {
    // Opening takes longer than restoring a page: open it once, and share it between threads.
    let restorer = phucdau::Restorer::new();
    let restored = restorer.restore("Uy ban nhan dan tinh dé nghi cac huyén bao cao két qua.");
    println!("{}", restored.text());
    for edit in restored.edits() {
        let percent = 100.0 * edit.confidence;
        println!("{} → {} ({percent:.0} %)", edit.before, edit.after);
    }
}
