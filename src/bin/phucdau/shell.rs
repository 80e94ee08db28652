//! What shells and manual readers want of the command.

use crate::{Cli, output};
use anyhow::Result;
use clap::{Args, CommandFactory};

/// Prints what a shell needs to complete this command's lines
#[derive(Args)]
#[command(after_help = "Example:\n  phucdau completions bash > ~/.local/share/bash-completion/completions/phucdau")]
pub struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

impl Completions {
    pub fn run(self) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "phucdau", &mut script);
        output::print(&script)
    }
}

/// Prints the manual page
#[derive(Args)]
#[command(
    after_help = "Examples:\n  phucdau man > ~/.local/share/man/man1/phucdau.1\n  phucdau man restore | man -l -"
)]
pub struct Man {
    /// Of a subcommand
    command: Option<String>,
}

impl Man {
    pub fn run(self) -> Result<()> {
        let mut cli = Cli::command();
        cli.build();
        let page = match &self.command {
            None => &cli,
            Some(name) => cli
                .get_subcommands()
                .find(|command| command.get_name() == name)
                .ok_or_else(|| anyhow::anyhow!("there is no subcommand {name}; see phucdau --help"))?,
        };
        let mut text = Vec::new();
        clap_mangen::Man::new(page.clone()).render(&mut text)?;
        output::print(&text)
    }
}
