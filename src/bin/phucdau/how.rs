//! How to restore: the options that `restore`, `check`, `explain` and `eval` share.

use crate::read::{self, Bytes};
use anyhow::{Result, anyhow, ensure};
use clap::{Args, ValueEnum};
use phucdau::tuning::{Adaptation, Weights};
use phucdau::{Damage, Model, Restorer, TonePlacement};
use std::path::PathBuf;

/// How to restore.
#[derive(Args)]
#[command(next_help_heading = "How to restore")]
pub struct How {
    /// A model that `phucdau train` wrote, instead of the one that is built in
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The damage that the text has suffered, instead of having it found out line by line
    #[arg(long, value_name = "KIND")]
    damage: Option<Kind>,
    /// Make only changes of at least this confidence, from 0 to 1
    #[arg(long, value_name = "X", value_parser = share, default_value_t = 0.0)]
    min_confidence: f32,
    /// Names that the text may hold, one a line: of places, persons, firms
    #[arg(long, value_name = "FILE")]
    names: Vec<PathBuf>,
    /// Clean text that belongs to it: an outline, metadata, a sister document
    #[arg(long, value_name = "FILE")]
    context: Vec<PathBuf>,
    /// Where tones are to stand in words like hòa
    #[arg(long, value_name = "PLACE")]
    tones: Option<Tones>,
    /// A weight of the decoder, in 1/64 nat, for experiments: see DESIGN.md
    #[arg(long = "weight", value_name = "NAME=N", hide = true, value_parser = weight)]
    weights: Vec<(String, i32)>,
}

/// A weight by its name.
fn weight(given: &str) -> Result<(String, i32)> {
    let (name, value) = given.split_once('=').ok_or_else(|| anyhow!("give a name, = and a number"))?;
    Ok((name.into(), value.parse()?))
}

#[derive(Clone, Copy, ValueEnum)]
enum Tones {
    /// hòa, thủy
    Old,
    /// hoà, thuỷ
    New,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Read by OCR in English mode
    English,
    /// Read by OCR in the mode of another language that has marks: French, German, Latin script
    Western,
    /// Read letter by letter: by a scanner, or an older program
    Scanner,
    /// Read by OCR in Vietnamese mode, or typed
    Vietnamese,
    /// All marks taken off
    Stripped,
    /// Converted to an encoding that lacks letters: `?` or U+FFFD in their place
    Lossy,
    /// All letters with marks are gone, with nothing in their place
    Dropped,
    /// Those letters are gone that Latin-1 lacks
    DroppedLatin,
}

/// A number from 0 to 1.
pub fn share(given: &str) -> Result<f32> {
    given.parse().ok().filter(|x| (0.0..=1.0).contains(x)).ok_or_else(|| anyhow!("give a number from 0 to 1"))
}

impl How {
    pub fn restorer(&self) -> Result<Restorer> {
        let mut builder = Restorer::builder().min_confidence(self.min_confidence);
        if let Some(path) = &self.model {
            builder = builder.model(Model::open(path).map_err(|e| anyhow!("--model {}: {e}", path.display()))?);
        }
        if let Some(kind) = self.damage {
            builder = builder.damage(match kind {
                Kind::English => Damage::EnglishOcr,
                Kind::Western => Damage::WesternOcr,
                Kind::Scanner => Damage::ScannerOcr,
                Kind::Vietnamese => Damage::VietnameseOcr,
                Kind::Stripped => Damage::Stripped,
                Kind::Lossy => Damage::Lossy,
                Kind::Dropped => Damage::Dropped,
                Kind::DroppedLatin => Damage::DroppedLatin,
            });
        }
        if let Some(tones) = self.tones {
            builder = builder.tone_placement(match tones {
                Tones::Old => TonePlacement::Old,
                Tones::New => TonePlacement::New,
            });
        }
        for path in &self.names {
            let names = read::text(path, Bytes::Refused)?;
            builder = builder.names(names.lines().map(str::trim).filter(|name| !name.is_empty()));
        }
        for path in &self.context {
            builder = builder.context(read::text(path, Bytes::Refused)?);
        }
        let (mut weights, mut adaptation) = (Weights::default(), Adaptation::default());
        for (name, value) in &self.weights {
            let known = weights.set(name, *value) || adaptation.set(name, *value);
            ensure!(known, "--weight {name}: there is no such weight");
        }
        Ok(builder.weights(weights).adaptation(adaptation).build()?)
    }
}
