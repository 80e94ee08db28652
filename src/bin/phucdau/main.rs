//! The `phucdau` command.

mod check;
mod contents;
mod eval;
mod explain;
mod how;
mod inputs;
mod output;
mod progress;
mod read;
mod report;
mod restore;
mod shell;
mod stop;
mod threads;
mod train;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Gives damaged Vietnamese text (wrong-language OCR, lost marks, old encodings) back its marks and letters
#[derive(Parser)]
#[command(version, after_help = AFTER)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER: &str = "\
Exit status: 0 if all went well, 1 if a file failed (and, of `check`, if a text is damaged), 2 for a command line that is
wrong (and, of `check`, if a file could not be read), 130 after Ctrl-C, 143 after SIGTERM.

NO_COLOR is respected; --color never does the same.";

#[derive(Subcommand)]
enum Command {
    Restore(restore::Restore),
    Check(check::Check),
    Explain(explain::Explain),
    Eval(eval::Eval),
    Train(train::Train),
    Completions(shell::Completions),
    Man(shell::Man),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Restore(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Explain(command) => succeed(command.run()),
        Command::Eval(command) => succeed(command.run()),
        Command::Train(command) => succeed(command.run()),
        Command::Completions(command) => succeed(command.run()),
        Command::Man(command) => succeed(command.run()),
    };
    done.unwrap_or_else(|error| {
        eprintln!("phucdau: {error:#}");
        ExitCode::FAILURE
    })
}

fn succeed(done: Result<()>) -> Result<ExitCode> {
    done.map(|()| ExitCode::SUCCESS)
}
