//! The noisy channel: what damage makes of letters, and how likely.
//!
//! A rule says that one or two letters meant were seen as zero to three characters, at a cost. A profile holds the
//! rules of one kind of damage, found by what was seen, for the search goes from the seen to the meant.

use crate::error::Error;
use crate::hash::Mix;
use crate::ngram::UNIT;
use crate::text::letter::{self, CAPITAL, LETTERS};
use crate::text::lost::{Lost, is_sign};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Index;
use std::sync::{Arc, OnceLock};

/// A kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Damage {
    /// Read in English mode: most marks wrong or gone, letters turned into digits and symbols.
    EnglishOcr,
    /// Read in the mode of another language that has marks: French, German, Portuguese, all of Latin script. Letters have
    /// that language's marks, or none.
    WesternOcr,
    /// Read letter by letter, without knowing any words: by older programs and those in scanners. Letters are turned into
    /// others, digits and signs of their shape.
    ScannerOcr,
    /// Read in Vietnamese mode, or typed: right but for a few slips.
    VietnameseOcr,
    /// All marks taken off.
    Stripped,
    /// Converted to an encoding that lacks letters: there is `?` or U+FFFD in their place.
    Lossy,
    /// Converted to ASCII: all letters with marks are gone, with nothing in their place.
    Dropped,
    /// Converted to Latin-1: the letters that it lacks are gone, with nothing in their place.
    DroppedLatin,
}

impl Damage {
    /// All kinds, in the order of a model's profiles.
    pub const ALL: [Damage; 8] = [
        Damage::EnglishOcr,
        Damage::WesternOcr,
        Damage::ScannerOcr,
        Damage::VietnameseOcr,
        Damage::Stripped,
        Damage::Lossy,
        Damage::Dropped,
        Damage::DroppedLatin,
    ];

    /// Whether it is OCR that does not know Vietnamese.
    pub(crate) fn is_misread(self) -> bool {
        matches!(self, Damage::EnglishOcr | Damage::WesternOcr | Damage::ScannerOcr)
    }

    /// Whether letters have suffered as a program does to them, and nothing else has.
    pub(crate) fn is_converted(self) -> bool {
        matches!(self, Damage::Stripped | Damage::Lossy) || self.is_dropped()
    }

    /// Whether letters are gone, and nothing tells where they were.
    pub(crate) fn is_dropped(self) -> bool {
        matches!(self, Damage::Dropped | Damage::DroppedLatin)
    }
}

/// The longest that a rule sees, in characters.
pub const LONGEST: usize = 3;

/// The most tables of [`Rules`]; what damage makes of letters takes some thousands.
const MOST_TABLES: usize = 1 << 14;

/// The letters that a rule means: one or two, as [`letter`] codes; the second is 0 if there is one only.
pub type Meant = [u8; 2];

/// The cost of what no rule allows.
pub const NEVER: u16 = u16::MAX;

/// Costs by small letter's code, in [`UNIT`]s; [`NEVER`] where no rule is.
type Costs = [u16; LETTERS + 1];

static NO_COSTS: Costs = [NEVER; LETTERS + 1];

/// Costs that part the letters of [`Rules`], so that a search with little room left looks at few.
const STAGES: [u16; 8] = {
    const NAT: u16 = UNIT as u16;
    [NAT, 2 * NAT, 3 * NAT, 4 * NAT, 5 * NAT, 6 * NAT, 7 * NAT, NEVER - 1]
};

static NO_LETTERS: [[u128; 2]; 8] = [[0; 2]; 8];

type Heads = [u16; LETTERS + 2];

static NO_HEADS: Heads = [0; LETTERS + 2];

/// The rules that see the same characters and capitalise alike.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'p> {
    /// Costs of letters meant alone.
    pub alone: &'p Costs,
    /// The letters that rules mean alone, and those that they mean with another after it, by what the cheapest such rule
    /// costs at most: see [`STAGES`].
    letters: &'p [[u128; 2]; 8],
    /// By first letter: where its pairs begin.
    heads: &'p Heads,
    /// Second letters and costs of letters meant in pairs, cheapest first under each first letter.
    pairs: &'p [(u16, u8)],
    /// The least of all these costs.
    pub least: u16,
}

impl Default for Rules<'_> {
    fn default() -> Self {
        Rules { alone: &NO_COSTS, letters: &NO_LETTERS, heads: &NO_HEADS, pairs: &[], least: NEVER }
    }
}

impl<'p> Rules<'p> {
    /// Costs and second letters of the pairs that begin with a letter, cheapest first.
    #[inline]
    pub fn pairs(&self, first: u8) -> &'p [(u16, u8)] {
        let first = first as usize;
        &self.pairs[self.heads[first] as usize..self.heads[first + 1] as usize]
    }

    /// Letters that some rule within a cost means alone, and those that one begins with, and maybe some more: bit 1 for
    /// code 1, and so on.
    #[inline]
    pub fn letters(&self, within: i32) -> [u128; 2] {
        self.letters[((within - 1).max(0) / UNIT).min(STAGES.len() as i32 - 1) as usize]
    }
}

/// Which letters of a rule are capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capitals {
    /// None.
    None = 0,
    /// The first of two.
    First = 1,
    /// All.
    All = 2,
}

/// So many of them, the first ones, have rules that are learnt.
pub const LEARNT: usize = Damage::Stripped as usize;

/// The profiles of a model, each opened when its damage is met.
#[derive(Debug, Clone)]
pub struct Profiles {
    /// The rules of all but stripped text, as they stand in the model.
    learnt: [Cow<'static, [u8]>; LEARNT],
    opened: [OnceLock<Arc<Profile>>; Damage::ALL.len()],
}

impl Profiles {
    /// With the rules of English and Western mode, of scanners and of Vietnamese mode. Whether they are sound shows when they
    /// are asked for: see [`Profiles::verify`].
    pub fn new(learnt: [Cow<'static, [u8]>; LEARNT]) -> Self {
        Profiles { learnt, opened: Default::default() }
    }

    fn open(&self, damage: Damage) -> Result<Profile, Error> {
        match self.learnt.get(damage as usize) {
            // A model that was trained without knows as much as that of English mode.
            Some(rules) if rules.is_empty() && matches!(damage, Damage::WesternOcr | Damage::ScannerOcr) => {
                self.open(Damage::EnglishOcr)
            }
            Some(rules) => Profile::new(&decode(rules)?),
            None if damage == Damage::Lossy => Ok(Profile::lossy()),
            None if damage.is_dropped() => Ok(Profile::dropped(damage)),
            None => Ok(Profile::stripped()),
        }
    }

    /// The rules of a kind of damage, as they were learnt.
    pub fn learnt(&self, damage: Damage) -> Vec<Entry<'_>> {
        let of = |damage: Damage| self.learnt.get(damage as usize).filter(|rules| !rules.is_empty());
        let rules = of(damage).or_else(|| of(Damage::EnglishOcr));
        rules.and_then(|rules| decode(rules).ok()).unwrap_or_default()
    }

    /// The same profiles but for this one.
    pub fn with(&self, damage: Damage, profile: Profile) -> Self {
        let mut profiles = self.clone();
        profiles.opened[damage as usize] = OnceLock::from(Arc::new(profile));
        profiles
    }

    /// Looks whether all rules are sound.
    ///
    /// # Errors
    /// [`Error::Model`] if one is not.
    pub fn verify(&self) -> Result<(), Error> {
        Damage::ALL.into_iter().try_for_each(|damage| self.open(damage).map(drop))
    }
}

impl Index<Damage> for Profiles {
    type Output = Profile;

    #[inline]
    fn index(&self, damage: Damage) -> &Profile {
        self.opened[damage as usize].get_or_init(|| Arc::new(self.open(damage).unwrap_or_default()))
    }
}

/// Rules by what was seen.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Codes of the characters that rules speak of, from 1; others are 0.
    codes: HashMap<char, u8, BuildHasherDefault<Mix>>,
    /// Codes of the characters below U+0100, as they are by far the most.
    near: Vec<u8>,
    /// By seen characters and kind of capitals.
    index: HashMap<u32, [Extent; 3], BuildHasherDefault<Mix>>,
    tables: Vec<Table>,
    pairs: Vec<(u16, u8)>,
    len: usize,
    /// Small letters that capitals of another shape are seen as (`b` for Đ), and capitals that small letters are seen
    /// as (`J` for l).
    miscased: Vec<char>,
}

/// Where some [`Rules`] lie.
#[derive(Debug, Clone, Copy)]
struct Extent {
    /// Index of the costs and heads, if there is any rule.
    table: Option<u32>,
    pairs: (u32, u32),
    least: u16,
}

/// Rules by their first letter.
#[derive(Debug, Clone)]
struct Table {
    alone: Costs,
    letters: [[u128; 2]; 8],
    heads: Heads,
}

/// One rule as it stands in a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'m> {
    /// Letters meant, capitals as such.
    pub meant: Meant,
    /// Characters seen.
    pub seen: Cow<'m, str>,
    /// Cost in sixteenths of a nat.
    pub cost: u8,
}

/// What it costs that a letter which an encoding lacks was replaced by another, in sixteenths of a nat.
const REPLACED: u8 = 24;

/// A rule's cost, and what it means.
type Rule = (u16, Meant);

/// Rules of at most this cost, in sixteenths of a nat, make a letter one that may be of the other case.
const MISCASED: u8 = 9 * 16;

/// [`UNIT`]s in one step of an [`Entry`]'s cost.
const STEP: u16 = UNIT as u16 / 16;

impl Profile {
    /// Indexes rules by what they see; at most 255 different characters may be seen.
    ///
    /// # Errors
    /// [`Error::Model`] if there are more, or over 65,535 rules, or over [`MOST_TABLES`] different things are seen, or a rule
    /// sees more than [`LONGEST`] or means no letters.
    pub fn new(entries: &[Entry]) -> Result<Self, Error> {
        let broken = || Error::Model("its channel is damaged".into());
        let mut profile = Profile { near: vec![0; 256], ..Profile::default() };
        if entries.len() > usize::from(u16::MAX) {
            return Err(broken());
        }
        let mut rules: Vec<(u32, Capitals, Rule)> = Vec::with_capacity(entries.len());
        for entry in entries {
            let small = entry.meant.map(|c| c & !CAPITAL);
            let lawful = |c: u8| (1..=LETTERS as u8).contains(&c);
            if entry.seen.chars().count() > LONGEST || !lawful(small[0]) || (small[1] != 0 && !lawful(small[1])) {
                return Err(broken());
            }
            let capitals = match entry.meant.map(|c| c & CAPITAL != 0) {
                [false, false] => Capitals::None,
                [true, false] if small[1] != 0 => Capitals::First,
                [true, _] => Capitals::All,
                [false, true] => continue,
            };
            if let Some(c) = miscased(entry).filter(|c| !profile.miscased.contains(c)) {
                profile.miscased.push(c);
            }
            let mut seen = 0;
            for (place, c) in entry.seen.chars().enumerate() {
                let next = profile.codes.len() + 1;
                let code = *profile.codes.entry(c).or_insert(next.min(255) as u8);
                if profile.codes.len() > 254 {
                    return Err(broken());
                }
                seen |= u32::from(code) << (8 * place);
            }
            rules.push((seen, capitals, (u16::from(entry.cost) * STEP, small)));
        }
        for (&c, &code) in &profile.codes {
            if let Some(near) = profile.near.get_mut(c as usize) {
                *near = code;
            }
        }
        rules.sort_unstable_by_key(|&(seen, ..)| seen);
        let mut list = Vec::new();
        for rules in rules.chunk_by(|(seen, ..), (next, ..)| seen == next) {
            // A word in title case may begin with a capital alone or with a capital and a small letter.
            let title =
                |capitals, rule: &Rule| capitals == Capitals::First || (capitals == Capitals::All && rule.1[1] == 0);
            let extents = [Capitals::None, Capitals::First, Capitals::All].map(|of| {
                let belongs = |capitals, rule: &Rule| match of {
                    Capitals::First => title(capitals, rule),
                    _ => capitals == of,
                };
                list.clear();
                list.extend(rules.iter().filter(|(_, capitals, rule)| belongs(*capitals, rule)).map(|rule| rule.2));
                profile.put(&mut list)
            });
            if profile.tables.len() > MOST_TABLES {
                return Err(broken());
            }
            profile.index.insert(rules[0].0, extents);
        }
        profile.tables.shrink_to_fit();
        profile.pairs.shrink_to_fit();
        Ok(profile)
    }

    fn put(&mut self, list: &mut [Rule]) -> Extent {
        list.sort_unstable_by_key(|&(cost, meant)| (meant[0], cost, meant[1]));
        self.len += list.len();
        let least = list.iter().map(|rule| rule.0).min().unwrap_or(NEVER);
        let begin = self.pairs.len() as u32;
        let mut table = Table { alone: NO_COSTS, letters: NO_LETTERS, heads: NO_HEADS };
        for &(cost, [letter, second]) in &*list {
            match second {
                0 => table.alone[letter as usize] = table.alone[letter as usize].min(cost),
                _ => {
                    self.pairs.push((cost, second));
                    table.heads[letter as usize + 1] += 1;
                }
            }
            for (letters, bar) in table.letters.iter_mut().zip(STAGES) {
                letters[usize::from(second != 0)] |= u128::from(cost <= bar) << letter;
            }
        }
        (0..=LETTERS).for_each(|at| table.heads[at + 1] += table.heads[at]);
        let index = self.tables.len() as u32;
        if !list.is_empty() {
            self.tables.push(table);
        }
        Extent { table: (!list.is_empty()).then_some(index), pairs: (begin, self.pairs.len() as u32), least }
    }

    /// The profile of stripped text: each letter is seen without its marks; seldom, one kept them, or one of two.
    pub fn stripped() -> Self {
        let mut entries = Vec::new();
        for small in 1..=LETTERS as u8 {
            for code in [small, small | CAPITAL] {
                let plain = letter::plain(small) | (code & CAPITAL);
                entries.push(Entry { meant: [code, 0], seen: letter::char_of(plain).to_string().into(), cost: 0 });
                if plain != code {
                    entries.push(Entry { meant: [code, 0], seen: letter::char_of(code).to_string().into(), cost: 64 });
                }
                let (toneless, tone) = letter::split_tone(small);
                for half in [toneless, letter::with_tone(letter::plain(small), tone)] {
                    if ![small, letter::plain(small)].contains(&half) {
                        let seen = letter::char_of(half | (code & CAPITAL)).to_string();
                        entries.push(Entry { meant: [code, 0], seen: seen.into(), cost: 96 });
                    }
                }
            }
        }
        Profile::new(&entries).expect("the rules of stripped text are sound")
    }

    /// The profile of text that was converted to an encoding that lacks letters: each stands as it was, or is lost; some are
    /// replaced by those that look most like them.
    pub fn lossy() -> Self {
        let mut entries = Vec::new();
        for small in 1..=LETTERS as u8 {
            for code in [small, small | CAPITAL] {
                let c = letter::char_of(code);
                let mut rule = |seen: char, cost| {
                    entries.push(Entry { meant: [code, 0], seen: seen.to_string().into(), cost });
                };
                rule(c, 0);
                Lost::ONE.iter().filter(|lost| lost.is(c)).for_each(|lost| rule(lost.sign(), 0));
                if matches!(letter::char_of(small), 'ă' | 'đ' | 'ĩ' | 'ũ' | 'ơ' | 'ư') {
                    rule(letter::char_of(letter::plain(small) | (code & CAPITAL)), REPLACED);
                }
            }
        }
        Profile::new(&entries).expect("the rules of lossy text are sound")
    }

    /// The profile of text that has lost letters, with nothing in their places.
    pub fn dropped(damage: Damage) -> Self {
        let lost = if damage == Damage::Dropped { Lost::SomeMarked } else { Lost::SomeBeyondLatin };
        let sign = lost.sign().to_string();
        let mut entries = Vec::new();
        for small in 1..=LETTERS as u8 {
            for code in [small, small | CAPITAL] {
                let c = letter::char_of(code);
                entries.push(Entry { meant: [code, 0], seen: c.to_string().into(), cost: 0 });
                if lost.is(c) {
                    entries.push(Entry { meant: [code, 0], seen: "".into(), cost: 0 });
                    entries.push(Entry { meant: [code, 0], seen: sign.clone().into(), cost: 0 });
                }
            }
        }
        Profile::new(&entries).expect("the rules of dropped letters are sound")
    }

    /// The code of a character, 0 for one that no rule sees.
    #[inline]
    pub fn code(&self, c: char) -> u8 {
        match self.near.get(c as usize) {
            Some(&code) => code,
            None => self.codes.get(&c).copied().unwrap_or(0),
        }
    }

    /// Whether a word that is seen to begin with this letter may begin with one of the other case and another shape.
    pub fn is_miscased(&self, first: char) -> bool {
        self.miscased.contains(&first)
    }

    /// The rules that see these character codes (the first in the low byte, 0 for none) and mean letters so
    /// capitalised: none, the first, all.
    pub fn rules(&self, seen: u32) -> [Rules<'_>; 3] {
        match self.index.get(&seen) {
            Some(extents) => extents.map(|e| match e.table.map(|at| &self.tables[at as usize]) {
                Some(table) => Rules {
                    alone: &table.alone,
                    letters: &table.letters,
                    heads: &table.heads,
                    pairs: &self.pairs[e.pairs.0 as usize..e.pairs.1 as usize],
                    least: e.least,
                },
                None => Rules::default(),
            }),
            None => [Rules::default(); 3],
        }
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.len
    }
}

/// The letter that a rule sees in place of one letter of the other case and another shape, unless it is a rare rule.
fn miscased(entry: &Entry) -> Option<char> {
    let [meant, 0] = entry.meant else { return None };
    let seen = entry.seen.chars().next().filter(|c| c.len_utf8() == entry.seen.len())?;
    if is_sign(seen) {
        // It has no case.
        return Some(seen);
    }
    let code = letter::code(seen)?;
    let other = (code ^ meant) & CAPITAL != 0 && letter::plain(code & !CAPITAL) != letter::plain(meant & !CAPITAL);
    (other && entry.cost <= MISCASED).then_some(seen)
}

/// Reads entries from their bytes: for each its two letters, cost, number of characters seen and these in UTF-8.
fn decode(mut bytes: &[u8]) -> Result<Vec<Entry<'_>>, Error> {
    let broken = || Error::Model("its channel is damaged".into());
    let mut entries = Vec::new();
    while let [first, second, cost, length, rest @ ..] = bytes {
        let (seen, rest) = rest.split_at_checked(*length as usize).ok_or_else(broken)?;
        let seen = std::str::from_utf8(seen).map_err(|_| broken())?.into();
        entries.push(Entry { meant: [*first, *second], seen, cost: *cost });
        bytes = rest;
    }
    if bytes.is_empty() { Ok(entries) } else { Err(broken()) }
}

/// Entries as bytes; [`decode`] reads them.
#[cfg(feature = "train")]
pub(crate) fn encode(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend([entry.meant[0], entry.meant[1], entry.cost, entry.seen.len() as u8]);
        bytes.extend(entry.seen.as_bytes());
    }
    bytes
}
