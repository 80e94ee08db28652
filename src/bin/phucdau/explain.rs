//! `phucdau explain`: why a word was read as it was.

use crate::how::How;
use crate::output;
use anyhow::{Result, anyhow, ensure};
use clap::Args;
use phucdau::{Explanation, Taken};
use std::fmt::Write;

/// Shows which readings a word has in its sentence, and what spoke for each
#[derive(Args)]
#[command(after_help = "\
Costs are negated natural logarithms: a reading that costs 2.3 more is ten times less likely. damage: that the reading was
damaged to what was seen; language: that it stands in this sentence, against the reading that fits best; document: what
--names, --context and the rest of the text change of that. confidence weighs all words of the sentence together.

Example:
  phucdau explain hgi --in 'Dai hgi dai biéu Pang b¢ xa'")]
pub struct Explain {
    /// The word, as it was seen
    word: String,
    /// The sentence, or a longer text, that it stands in; the first place counts
    #[arg(long = "in", value_name = "SENTENCE")]
    sentence: String,
    /// How many readings to show
    #[arg(long, value_name = "N", default_value_t = 8)]
    most: usize,
    /// As a JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    how: How,
}

impl Explain {
    pub fn run(self) -> Result<()> {
        let (word, sentence) = (self.word.trim(), &self.sentence);
        ensure!(!word.is_empty(), "give a word, as it stands in the sentence");
        // As a word of its own, if there is one.
        let is_apart = |at: usize| {
            let touches = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            !touches(sentence[..at].chars().next_back()) && !touches(sentence[at + word.len()..].chars().next())
        };
        let places = || sentence.match_indices(word).map(|(at, _)| at);
        let place = places().find(|&at| is_apart(at)).or_else(|| places().next());
        let place =
            place.ok_or_else(|| anyhow!("{word} does not stand in the sentence; give both as they were seen"))?;
        let why = self.how.restorer()?.explain(sentence, place);
        let why = why.ok_or_else(|| anyhow!("{word} is no word, but a sign"))?;
        if self.json {
            return output::print((serde_json::to_string(&why)? + "\n").as_bytes());
        }
        output::print(table(&why, self.most)?.as_bytes())
    }
}

fn table(why: &Explanation, most: usize) -> Result<String> {
    let taken = match why.taken {
        Taken::Damaged(phucdau::Damage::EnglishOcr) => "read by OCR in English mode",
        Taken::Damaged(phucdau::Damage::WesternOcr) => "read by OCR in another language's mode",
        Taken::Damaged(phucdau::Damage::ScannerOcr) => "read by a scanner, letter by letter",
        Taken::Damaged(phucdau::Damage::Stripped) => "stripped of its marks",
        Taken::Damaged(phucdau::Damage::Lossy) => "converted to an encoding that lacks letters",
        Taken::Damaged(phucdau::Damage::Dropped | phucdau::Damage::DroppedLatin) => {
            "converted without the letters that an encoding lacks"
        }
        Taken::Damaged(phucdau::Damage::VietnameseOcr) => "right but for slips",
        Taken::Right => "right; nothing is changed",
        Taken::Foreign => "of another language; nothing is changed",
        Taken::Lost => "lost; nothing can be done",
        _ => "unknown",
    };
    let mut out = format!("{:?} stands in a line that was taken to be {taken}\n", why.seen);
    if why.readings.is_empty() {
        return Ok(out);
    }
    let width = why.readings.iter().take(most).map(|reading| reading.text.chars().count()).max().unwrap_or(0).max(9);
    writeln!(out, "\n  {:width$}  damage  language  document     sum  confidence", "reading")?;
    for reading in why.readings.iter().take(most) {
        let text = if reading.text.is_empty() { "(nothing)" } else { &reading.text };
        let confidence = reading.confidence.map_or_else(String::new, |sure| format!("{:8.1} %", 100.0 * sure));
        let line = format!(
            "{} {text:width$}  {:6.2}  {:8.2}  {:8.2}  {:6.2}  {confidence}",
            if reading.is_chosen { '>' } else { ' ' },
            reading.damage,
            reading.language,
            reading.document,
            reading.cost(),
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    if why.readings.len() > most {
        writeln!(out, "  … and {} more", why.readings.len() - most)?;
    }
    Ok(out)
}
