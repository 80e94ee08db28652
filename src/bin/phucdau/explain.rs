//! `phucdau explain`.

use crate::how::How;
use anyhow::Result;
use clap::Args;

#[derive(Args)]
pub struct Explain {
    #[command(flatten)]
    how: How,
}

impl Explain {
    pub fn run(self) -> Result<()> {
        Ok(())
    }
}
