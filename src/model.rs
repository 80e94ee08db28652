//! What the library knows, in one file: lexicon, language model and channel.
//!
//! A file is the magic, a CRC-32 of all that follows, and the sections, each after its length as eight bytes: lexicon
//! FST, habits, n-grams, trigger pairs, vectors, and the rules of the profiles of English and Western mode, scanners and
//! Vietnamese mode. All numbers are little-endian. The last byte of the magic is the format's version.

use crate::bilinear::Bilinear;
use crate::channel::{Damage, Profiles};
use crate::error::Error;
use crate::lexicon::Lexicon;
use crate::ngram::{self, FIRST_WORD, Ngram, Word};
use crate::segment::{Gap, Kind, Piece};
use crate::triggers::Triggers;
use std::borrow::Cow;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, OnceLock};

static EMBEDDED: &[u8] = include_bytes!("../dict/vietnamese.phucdau");

const MAGIC: &[u8; 8] = b"phucdau\x07";
const SECTIONS: usize = 9;
/// The magic and the checksum.
const HEAD: usize = MAGIC.len() + 4;
/// A model has no more bytes after these: places in its n-grams are bits in four bytes.
const MOST: u64 = 1 << 30;

/// A model; cheap to clone, and shared by threads.
///
/// ```
/// let model = phucdau::Model::embedded();
/// assert!(model.words() > 5_000);
/// ```
#[derive(Clone)]
pub struct Model(pub(crate) Arc<Parts>);

/// The opened sections.
#[derive(Clone)]
pub(crate) struct Parts {
    pub lexicon: Arc<Lexicon>,
    pub ngram: Arc<Ngram>,
    pub triggers: Arc<Triggers>,
    pub bilinear: Arc<Bilinear>,
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

/// Looks whether a file begins as a model of the version that is known.
fn check_head(bytes: &[u8]) -> Result<(), Error> {
    let head = bytes.get(..HEAD).ok_or_else(|| Error::Model("it is too short".into()))?;
    let (version, known) = (head[MAGIC.len() - 1], MAGIC[MAGIC.len() - 1]);
    if head[..MAGIC.len() - 1] != MAGIC[..MAGIC.len() - 1] {
        return Err(Error::Model("it does not begin as one".into()));
    }
    if version != known {
        let newer = if version > known { " (a newer phucdau made it)" } else { "" };
        return Err(Error::Model(format!(
            "its format is version {version}{newer}, this library reads version {known}"
        )));
    }
    Ok(())
}

impl Model {
    /// The model that comes with the crate, opened once a process.
    pub fn embedded() -> Self {
        static OPENED: OnceLock<Model> = OnceLock::new();
        OPENED.get_or_init(|| Model::parse(EMBEDDED, Cow::Borrowed).expect("the embedded model is sound")).clone()
    }

    /// Opens a model file, as `phucdau train` writes them.
    ///
    /// A file with a bit changed, cut off or with more after its end is refused: a checksum covers all of it. One that was made
    /// to deceive, its checksum right, is refused or gives answers as good as what is in it: all of it is looked through
    /// once, so that using it neither panics nor takes more time or memory than a model of its size does.
    ///
    /// The format has a version. Before 1.0 a library reads the version that it writes; from 1.0 on it will read those of
    /// its major version. A change of the format that leaves older files unread is a breaking change; a file of a
    /// version that is not known is refused, with both versions named.
    ///
    /// # Errors
    /// [`Error::Read`] if it cannot be read, [`Error::Model`] if it is damaged, of another version, or no model.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let unread = |reason| Error::Read { path: path.into(), reason };
        let mut file = std::fs::File::open(path).map_err(unread)?;
        // What is no model, a device without end for one, is not read on.
        let mut bytes = Vec::new();
        file.by_ref().take(HEAD as u64).read_to_end(&mut bytes).map_err(unread)?;
        check_head(&bytes)?;
        file.take(MOST).read_to_end(&mut bytes).map_err(unread)?;
        Model::from_bytes(&bytes)
    }

    /// Opens a model from the bytes of a model file: see [`open`](Model::open).
    ///
    /// # Errors
    /// [`Error::Model`] if they are damaged, of another version, or no model.
    ///
    /// ```
    /// assert!(phucdau::Model::from_bytes(b"a letter to my aunt").is_err());
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        check_head(bytes)?;
        let (head, rest) = bytes.split_at(HEAD);
        if crc32fast::hash(rest).to_le_bytes() != head[MAGIC.len()..] {
            return Err(Error::Model("its checksum is wrong: it was cut off or changed; copy it anew".into()));
        }
        let model = Model::parse(bytes, |section| Cow::Owned(section.to_vec()))?;
        // Lists and rules that are opened when they are met must be sound by then.
        model.0.ngram.verify()?;
        model.0.triggers.verify()?;
        model.0.profiles.verify()?;
        Ok(model)
    }

    /// The sections of a file whose head is known to be right.
    pub(crate) fn sections(bytes: &[u8]) -> Result<[&[u8]; SECTIONS], Error> {
        let cut = || Error::Model("it is cut off".into());
        let mut rest = bytes.get(HEAD..).ok_or_else(cut)?;
        let mut sections: [&[u8]; SECTIONS] = [&[]; SECTIONS];
        for section in &mut sections {
            let (length, after) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
            let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| cut())?;
            (*section, rest) = after.split_at_checked(length).ok_or_else(cut)?;
        }
        if !rest.is_empty() {
            return Err(Error::Model("there is something after its end".into()));
        }
        Ok(sections)
    }

    /// Opens a file whose head is known to be right; `keep` makes a section last as long as the model.
    fn parse<'b>(bytes: &'b [u8], keep: impl Fn(&'b [u8]) -> Cow<'static, [u8]>) -> Result<Self, Error> {
        let [fst, habits, ngram, triggers, vectors, rules @ ..] = Model::sections(bytes)?;
        let ngram = Ngram::open(keep(ngram))?;
        if ngram.sizes().0 != habits.len() + usize::from(FIRST_WORD) {
            return Err(Error::Model("its lexicon and n-grams are of different models".into()));
        }
        // Half of what a word costs on its own: a rare word may yet be right in its context.
        let lexicon = Lexicon::decode(fst, habits, |word| (ngram.unigram(word) / 2) as u16)?;
        let triggers = Triggers::open(keep(triggers), ngram.sizes().0)?;
        let bilinear = Bilinear::open(keep(vectors), ngram.sizes().0)?;
        let parts = Parts {
            lexicon: Arc::new(lexicon),
            ngram: Arc::new(ngram),
            triggers: Arc::new(triggers),
            bilinear: Arc::new(bilinear),
            profiles: Arc::new(Profiles::new(rules.map(keep))),
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

    /// How many pairs of words that call for each other from afar it knows.
    pub fn triggers(&self) -> usize {
        self.0.triggers.len()
    }

    /// How many words have a vector, by which those around a place are weighed.
    pub fn vectors(&self) -> usize {
        self.0.bilinear.len()
    }

    /// How many rules the channel has for a kind of damage.
    pub fn rules(&self, damage: Damage) -> usize {
        self.0.profiles[damage].len()
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (pairs, triples) = self.ngrams();
        f.debug_struct("Model")
            .field("words", &self.words())
            .field("pairs", &pairs)
            .field("triples", &triples)
            .field("triggers", &self.triggers())
            .field("vectors", &self.vectors())
            .finish()
    }
}
