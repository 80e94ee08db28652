//! What the library knows, in one file: lexicon, language model and channel.
//!
//! A file is the magic, a CRC-32 of all that follows, and the sections, each after its length as eight bytes: lexicon
//! FST, habits, n-grams, and the rules of the English-mode and the Vietnamese-mode profile. All numbers are
//! little-endian. The last byte of the magic is the format's version.

use crate::candidates::Searcher;
use crate::channel::{self, Damage, Profile};
use crate::error::Error;
use crate::lattice::Weights;
use crate::lexicon::{Leaf, Lexicon};
use crate::ngram::{self, FIRST_WORD, Ngram, State, UNIT};
use crate::segment::{self, Gap, Kind};
use crate::text::case::{self, Case};
use std::path::Path;
use std::sync::{Arc, OnceLock};

static EMBEDDED: &[u8] = include_bytes!("../dict/vietnamese.phucdau");

const MAGIC: &[u8; 8] = b"phucdau\x01";
const SECTIONS: usize = 5;

/// A model; cheap to clone, and shared by threads.
///
/// ```
/// let model = phucdau::Model::embedded();
/// assert!(model.words() > 5_000);
/// ```
#[derive(Clone)]
pub struct Model(pub(crate) Arc<Parts>);

/// The opened sections.
pub(crate) struct Parts {
    pub lexicon: Lexicon,
    pub ngram: Ngram,
    /// In the order of [`Damage::ALL`].
    pub profiles: [Profile; 3],
}

impl Model {
    /// The model that comes with the crate, opened once a process.
    pub fn embedded() -> Self {
        static OPENED: OnceLock<Model> = OnceLock::new();
        OPENED.get_or_init(|| Model::parse(EMBEDDED).expect("the embedded model is sound")).clone()
    }

    /// Opens a model file, as `phucdau train` writes them.
    ///
    /// # Errors
    /// [`Error::Read`] if it cannot be read, [`Error::Model`] if it is damaged or no model.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|reason| Error::Read { path: path.into(), reason })?;
        Model::from_bytes(&bytes)
    }

    /// Opens a model from the bytes of a model file.
    ///
    /// # Errors
    /// [`Error::Model`] if they are damaged or no model.
    ///
    /// ```
    /// assert!(phucdau::Model::from_bytes(b"a letter to my aunt").is_err());
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (head, rest) = bytes.split_first_chunk::<12>().ok_or_else(|| Error::Model("it is too short".into()))?;
        if head[..7] != MAGIC[..7] {
            return Err(Error::Model("it does not begin as one".into()));
        }
        if head[7] != MAGIC[7] {
            return Err(Error::Model(format!(
                "its format is version {}, this library reads version {}",
                head[7], MAGIC[7]
            )));
        }
        if crc32fast::hash(rest).to_le_bytes() != head[8..] {
            return Err(Error::Model("its checksum is wrong: it was cut off or changed".into()));
        }
        Model::parse(bytes)
    }

    /// The sections of a file whose head is known to be right.
    pub(crate) fn sections(bytes: &[u8]) -> Result<[&[u8]; SECTIONS], Error> {
        let cut = || Error::Model("it is cut off".into());
        let mut rest = bytes.get(12..).ok_or_else(cut)?;
        let mut sections: [&[u8]; SECTIONS] = [&[]; SECTIONS];
        for section in &mut sections {
            let (length, after) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
            let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| cut())?;
            (*section, rest) = after.split_at_checked(length).ok_or_else(cut)?;
        }
        Ok(sections)
    }

    /// Opens a file whose head is known to be right.
    fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let [fst, habits, ngram, english, vietnamese] = Model::sections(bytes)?;
        let ngram = Ngram::decode(ngram)?;
        if ngram.sizes().0 != habits.len() + usize::from(FIRST_WORD) {
            return Err(Error::Model("its lexicon and n-grams are of different models".into()));
        }
        // Half of what a word costs on its own: a rare word may yet be right in its context.
        let lexicon = Lexicon::decode(fst, habits, |word| (ngram.unigram(word) / 2) as u16)?;
        let parts = Parts {
            lexicon,
            ngram,
            profiles: [
                Profile::new(&channel::decode(english)?)?,
                Profile::new(&channel::decode(vietnamese)?)?,
                Profile::stripped(),
            ],
        };
        Ok(Model(Arc::new(parts)))
    }

    /// The bytes of a model file.
    #[cfg(feature = "train")]
    pub(crate) fn assemble(sections: [&[u8]; SECTIONS]) -> Vec<u8> {
        let mut body = Vec::new();
        for section in sections {
            body.extend((section.len() as u64).to_le_bytes());
            body.extend(section);
        }
        let mut bytes = MAGIC.to_vec();
        bytes.extend(crc32fast::hash(&body).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    /// How many words the lexicon holds.
    pub fn words(&self) -> usize {
        self.0.lexicon.len()
    }

    /// How many pairs and triples of words the language model holds.
    pub fn ngrams(&self) -> (usize, usize) {
        let (_, pairs, triples) = self.0.ngram.sizes();
        (pairs, triples)
    }

    /// How many rules the channel has for a kind of damage.
    pub fn rules(&self, damage: Damage) -> usize {
        self.0.profiles[damage as usize].len()
    }
}

/// A word that may have been meant; see [`Model::candidates`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WordCandidate {
    /// The word, or two words that were glued.
    pub text: String,
    /// What the damage costs: the negated natural logarithm of its probability.
    pub cost: f32,
}

impl Model {
    /// The words that may have been meant by one damaged word, whatever stands beside it: the likeliest first, by the
    /// damage and by how frequent they are.
    ///
    /// ```
    /// use phucdau::{Damage, Model};
    ///
    /// let found = Model::embedded().candidates("dugc", Damage::EnglishOcr);
    /// assert_eq!(found[0].text, "được");
    /// ```
    pub fn candidates(&self, seen: &str, damage: Damage) -> Vec<WordCandidate> {
        let Parts { lexicon, profiles, .. } = &*self.0;
        let case = case::case_of(seen, false);
        let write = |leaf: Leaf, case, out: &mut String| case::write(lexicon.spelling(leaf.word), case, out);
        let limits = Weights::default().limits(seen, damage, true);
        let mut searcher = Searcher::default();
        let found = searcher.search(lexicon, &profiles[damage as usize], seen, case, limits);
        found
            .iter()
            .map(|c| {
                let mut text = String::new();
                write(c.word, case, &mut text);
                if let Some(second) = c.second {
                    text.push(' ');
                    write(second, if case == Case::Upper { case } else { Case::Lower }, &mut text);
                }
                WordCandidate { text, cost: c.cost as f32 / UNIT as f32 }
            })
            .collect()
    }

    /// What a line of right text costs the language model: the negated natural logarithm of its probability, and of
    /// how many words that is, sentence ends and pauses with them.
    ///
    /// ```
    /// let model = phucdau::Model::embedded();
    /// let (right, _) = model.cost("Đại hội đại biểu Đảng bộ xã");
    /// let (wrong, words) = model.cost("Đai hồi đài biếu Đang bổ xa");
    /// assert!(right < wrong && words == 8);
    /// ```
    pub fn cost(&self, line: &str) -> (f32, usize) {
        let Parts { lexicon, ngram, .. } = &*self.0;
        let mut pieces = Vec::new();
        segment::segment_line(line, 0, &mut pieces);
        let (mut total, mut words, mut state) = (0, 0, State::START);
        let mut add = |word| {
            let (cost, next) = ngram.score(state, word);
            (total, words, state) = (total + cost, words + 1, next);
        };
        for (at, piece) in pieces.iter().enumerate() {
            match piece.gap {
                Gap::Sentence if at > 0 => add(ngram::BOUNDARY),
                Gap::Pause => add(ngram::PAUSE),
                _ => {}
            }
            add(match piece.kind {
                Kind::Number => ngram::NUMBER,
                _ => lexicon.word(piece.span.of(line)).map_or(ngram::UNKNOWN, |leaf| leaf.word),
            });
        }
        if !pieces.is_empty() {
            add(ngram::BOUNDARY);
        }
        (total as f32 / UNIT as f32, words)
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (pairs, triples) = self.ngrams();
        f.debug_struct("Model").field("words", &self.words()).field("pairs", &pairs).field("triples", &triples).finish()
    }
}
