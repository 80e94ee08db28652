//! What the library knows, in one file: lexicon, language model and channel.
//!
//! A file is the magic, a CRC-32 of all that follows, and the sections, each after its length as eight bytes: lexicon
//! FST, habits, n-grams, and the rules of the English-mode and the Vietnamese-mode profile. All numbers are
//! little-endian. The last byte of the magic is the format's version.

use crate::channel::{Damage, Profiles};
use crate::error::Error;
use crate::lexicon::Lexicon;
use crate::ngram::{self, FIRST_WORD, Ngram, Word};
use crate::segment::{Gap, Kind, Piece};
use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

static EMBEDDED: &[u8] = include_bytes!("../dict/vietnamese.phucdau");

const MAGIC: &[u8; 8] = b"phucdau\x03";
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
    pub ngram: Arc<Ngram>,
    pub profiles: Arc<Profiles>,
}

impl Parts {
    /// The words of a line's pieces in the language model, each with its wording and the mark before it.
    pub fn words<'l>(
        &'l self,
        line: &'l str,
        pieces: &'l [Piece],
    ) -> impl Iterator<Item = (Option<Word>, Word, &'l str)> {
        pieces.iter().enumerate().map(move |(at, piece)| {
            let mark = match piece.gap {
                Gap::Sentence if at > 0 => Some(ngram::BOUNDARY),
                Gap::Pause => Some(ngram::PAUSE),
                _ => None,
            };
            let seen = piece.span.of(line);
            let word = match piece.kind {
                Kind::Number => ngram::NUMBER,
                _ => self.lexicon.word(seen).map_or(ngram::UNKNOWN, |leaf| leaf.word),
            };
            (mark, word, seen)
        })
    }
}

impl Model {
    /// The model that comes with the crate, opened once a process.
    pub fn embedded() -> Self {
        static OPENED: OnceLock<Model> = OnceLock::new();
        OPENED.get_or_init(|| Model::parse(EMBEDDED, Cow::Borrowed).expect("the embedded model is sound")).clone()
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
        let model = Model::parse(bytes, |section| Cow::Owned(section.to_vec()))?;
        // Lists and rules that are opened when they are met must be sound by then.
        model.0.ngram.verify()?;
        model.0.profiles.verify()?;
        Ok(model)
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

    /// Opens a file whose head is known to be right; `keep` makes a section last as long as the model.
    fn parse<'b>(bytes: &'b [u8], keep: impl Fn(&'b [u8]) -> Cow<'static, [u8]>) -> Result<Self, Error> {
        let [fst, habits, ngram, english, vietnamese] = Model::sections(bytes)?;
        let ngram = Ngram::open(keep(ngram))?;
        if ngram.sizes().0 != habits.len() + usize::from(FIRST_WORD) {
            return Err(Error::Model("its lexicon and n-grams are of different models".into()));
        }
        // Half of what a word costs on its own: a rare word may yet be right in its context.
        let lexicon = Lexicon::decode(fst, habits, |word| (ngram.unigram(word) / 2) as u16)?;
        let parts = Parts {
            lexicon,
            ngram: Arc::new(ngram),
            profiles: Arc::new(Profiles::new([keep(english), keep(vietnamese)])),
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
        self.0.profiles[damage].len()
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (pairs, triples) = self.ngrams();
        f.debug_struct("Model").field("words", &self.words()).field("pairs", &pairs).field("triples", &triples).finish()
    }
}
