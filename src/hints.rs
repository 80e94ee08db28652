//! What the caller knows of a text beforehand: names, and clean text beside it.

use crate::adapt::Teachings;
use crate::error::Error;
use crate::lattice::ONE;
use crate::model::{Model, Parts};
use crate::ngram::{FIRST_WORD, UNIT, Word};
use crate::segment::{self, Gap, Kind};
use crate::text::letter;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How often a name is thought to occur, as it was worth telling.
const NAME: u32 = 3;

/// What a word that only the caller knows costs before its context is known.
const UNHEARD: u16 = 4 * UNIT as u16;

/// Words longer than this, in letters, are not learnt.
const LONGEST: usize = 24;

/// Teaches a model names and clean text, beside what is taught already; words that it lacks are added to its lexicon.
///
/// # Errors
/// [`Error::Option`] if there are more new words than a lexicon can hold.
pub fn learn(
    model: &Model,
    mut teachings: Teachings,
    names: &[String],
    context: &[String],
) -> Result<(Model, Teachings), Error> {
    let texts = || names.iter().map(|name| (name, NAME)).chain(context.iter().map(|text| (text, 1)));
    let parts = &*model.0;
    let mut unheard: BTreeSet<Vec<u8>> = BTreeSet::new();
    for (text, _) in texts() {
        for piece in segment::segment(text).iter().filter(|piece| piece.kind == Kind::Word) {
            let Some(mut key) = letter::spell(piece.span.of(text)) else { continue };
            key.iter_mut().for_each(|code| *code &= !letter::CAPITAL);
            if key.len() <= LONGEST && parts.lexicon.get(&key).is_none() {
                unheard.insert(key);
            }
        }
    }
    let model = if unheard.is_empty() { model.clone() } else { with_words(parts, unheard)? };
    let lexicon = &model.0.lexicon;
    for (text, times) in texts() {
        let mut before: Option<Word> = None;
        for piece in segment::segment(text) {
            let word = lexicon.word(piece.span.of(text)).map(|leaf| leaf.word);
            if let Some(word) = word {
                teachings.add_word(word, times * ONE);
                if let Some(before) = before.filter(|_| matches!(piece.gap, Gap::Space | Gap::Line)) {
                    teachings.add_pair(before, word, times * ONE);
                }
            }
            before = word;
        }
    }
    teachings.trust();
    Ok((model, teachings))
}

fn with_words(parts: &Parts, words: BTreeSet<Vec<u8>>) -> Result<Model, Error> {
    let known = parts.lexicon.len();
    if known + words.len() > usize::from(Word::MAX - FIRST_WORD) {
        return Err(Error::Option("there are too many new words among the names and the context".into()));
    }
    let ngram = Arc::clone(&parts.ngram);
    let heard = ngram.sizes().0;
    let cost = |word: Word| if usize::from(word) < heard { (ngram.unigram(word) / 2) as u16 } else { UNHEARD };
    let lexicon = Arc::new(parts.lexicon.with_names(words, cost)?);
    let Parts { ngram, triggers, bilinear, profiles, .. } = parts;
    let (ngram, triggers) = (Arc::clone(ngram), Arc::clone(triggers));
    let (bilinear, profiles) = (Arc::clone(bilinear), Arc::clone(profiles));
    Ok(Model(Arc::new(Parts { lexicon, ngram, triggers, bilinear, profiles })))
}
