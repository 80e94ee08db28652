//! How many threads work, and on how much at once.

use anyhow::Result;
use clap::Args;

/// So many files are at work at once.
pub const BATCH: usize = 256;

#[derive(Args)]
pub struct Threads {
    /// How many threads work; all cores if it is not said
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

impl Threads {
    /// Lets so many work from now on.
    pub fn begin(&self) -> Result<()> {
        if let Some(threads) = self.threads {
            rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global()?;
        }
        Ok(())
    }
}
