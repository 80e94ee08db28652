//! Attunes a profile to a document: what it made of letters, and how often.
//!
//! Every scanner and every program has a hand of its own. Where the trained channel explains a document badly, the first
//! pass is right about most words all the same, for the language model knows them; and right words beside what was seen tell
//! what became of their letters. Each word is matched with what was seen by the cheapest alignment (Viterbi training: Juang &
//! Rabiner 1990), and the rules that it takes are counted; the trained rules are the prior of a Dirichlet distribution, and
//! what letters of one kind were seen as (`ọ ộ ợ ó`) is lent to all of them.

use crate::adapt::{Adaptation, ratio};
use crate::candidates::{ADDED, LOST, SUBSTITUTED, rules};
use crate::channel::{Damage, Entry, LONGEST, Meant, NEVER, Profile, Rules};
use crate::hash::Mix;
use crate::lattice::{Document, ONE, Reading, is_code};
use crate::model::Parts;
use crate::ngram::{FIRST_WORD, UNIT, UNKNOWN, Word};
use crate::segment::Kind;
use crate::shortlist::Shortlist;
use crate::text::case::Case;
use crate::text::letter::{self, CAPITAL};
use crate::text::placement;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;
use std::sync::{Arc, LazyLock};

type Counts<K> = HashMap<K, u64, BuildHasherDefault<Mix>>;

/// The characters seen; 0 for none.
type Seen = [char; LONGEST];

/// What is known, with the profile of most of a chapter attuned to what the first pass found of it; `None` if too little is
/// thought to be wrong, or, once it was attuned, too small a share.
pub fn attune(
    parts: &Parts,
    document: &Document,
    shortlist: &Shortlist,
    how: &Adaptation,
    attuned: bool,
) -> Option<Parts> {
    let damage = most(document)?;
    let kept = |at: usize, reading: &Reading| {
        let piece = &document.pieces[at];
        (piece.kind == Kind::Number && reading.kept) || piece.is_kept() || is_code(document.seen(at))
    };
    let is_unknown = |reading: &Reading| reading.kept && reading.word == UNKNOWN;
    let chosen = || shortlist.chosen(document.damages, damage).filter(|&(at, reading, _)| !kept(at, reading));
    let (mut words, mut wrong) = (0.0, 0.0);
    for (_, reading, sure) in chosen() {
        words += 1.0;
        // Of unknown words every other one is a name.
        wrong += if is_unknown(reading) { 0.5 } else { 1.0 - sure };
    }
    let are = |share: i32| wrong * 1000.0 >= words * share as f32;
    let enough = match damage {
        _ if attuned => are(how.unsure_still),
        // One program made what this profile was learnt from: a page of it is explained well, whatever its words.
        Damage::EnglishOcr => words >= how.unsure_words as f32 || are(how.unsure_page),
        _ => true,
    };
    if wrong < how.unsure as f32 || !enough {
        return None;
    }
    // Their order is no matter: what is counted of them are whole numbers.
    let mut pairs: HashMap<(&str, Case, Word, bool), u64, BuildHasherDefault<Mix>> = HashMap::default();
    for (at, reading, sure) in chosen() {
        let piece = &document.pieces[at];
        let single = reading.pieces == 1 && reading.second.is_none() && !reading.noise;
        if single && !is_unknown(reading) && reading.word >= FIRST_WORD {
            let seen = if reading.wide { piece.wide } else { piece.span }.of(document.text);
            let share = (sure * ONE as f32) as u64;
            *pairs.entry((seen, reading.case, reading.word, reading.variant)).or_default() += share;
        }
    }
    let profile = &parts.profiles[damage];
    let mut hand = Hand::default();
    for ((seen, case, word, variant), share) in pairs {
        let spelling = parts.lexicon.spelling(word);
        let other = variant.then(|| placement::other(spelling)).flatten();
        hand.add(profile, other.as_deref().unwrap_or(spelling), case, seen, share);
    }
    let profile = Profile::new(&hand.rules(&parts.profiles.learnt(damage), how)).ok()?;
    Some(Parts { profiles: Arc::new(parts.profiles.with(damage, profile)), ..parts.clone() })
}

/// The damage that most pieces have suffered that were misread, if any were.
pub fn most(document: &Document) -> Option<Damage> {
    let count = |damage: Damage| document.damages.iter().filter(|&&of| of == damage).count();
    let misread = Damage::ALL.into_iter().filter(|damage| damage.is_misread());
    misread.map(|damage| (count(damage), damage)).max().filter(|&(count, _)| count > 0).map(|(_, damage)| damage)
}

/// What a document's letters were seen as.
#[derive(Default)]
struct Hand {
    rules: Counts<(Meant, Seen)>,
    /// How often letters occurred, alone and one after the other.
    letters: Counts<Meant>,
    scratch: Scratch,
}

#[derive(Default)]
struct Scratch {
    seen: Vec<char>,
    codes: Vec<u8>,
    meant: Vec<u8>,
    /// By letters meant and characters seen so far: the least cost, and the last step's letters and characters.
    cells: Vec<(i32, u8, u8)>,
}

/// Longer words are left out.
const LONGEST_WORD: usize = 16;

impl Hand {
    /// Counts what the letters of a word were seen as, if it is matched by this profile; `share` says how often it was met, in
    /// parts of [`ONE`].
    fn add(&mut self, profile: &Profile, word: &[u8], case: Case, seen: &str, share: u64) {
        let Scratch { seen: chars, codes, meant, cells } = &mut self.scratch;
        chars.clear();
        chars.extend(seen.chars());
        let (n, m) = (word.len(), chars.len());
        if n == 0 || n > LONGEST_WORD || m > LONGEST_WORD {
            return;
        }
        codes.clear();
        codes.extend(chars.iter().map(|&c| profile.code(c)));
        let capital = |at: usize| if case.capital_at(at) { CAPITAL } else { 0 };
        meant.clear();
        meant.extend(word.iter().enumerate().map(|(at, &code)| code | capital(at)));
        align(profile, word, codes, case, cells);
        if cells[cells.len() - 1].0 == i32::MAX {
            return;
        }
        // A word that is met again and again says less each time: it shows its own letters beside each other only.
        let share = if share > u64::from(ONE) { (share * u64::from(ONE)).isqrt() } else { share };
        let (mut i, mut j) = (n, m);
        while (i, j) != (0, 0) {
            let (_, letters, taken) = cells[i * (m + 1) + j];
            let (from, begin) = (i - usize::from(letters), j - usize::from(taken));
            let unit = [meant[from], if letters == 2 { meant[from + 1] } else { 0 }];
            let what = std::array::from_fn(|k| chars[begin..j].get(k).copied().unwrap_or('\0'));
            *self.rules.entry((unit, what)).or_default() += share;
            (i, j) = (from, begin);
        }
        for at in 0..n {
            *self.letters.entry([meant[at], 0]).or_default() += share;
            if let Some(&second) = meant.get(at + 1) {
                *self.letters.entry([meant[at], second]).or_default() += share;
            }
        }
    }

    /// The trained rules, as this document has it.
    fn rules(&self, trained: &[Entry], how: &Adaptation) -> Vec<Entry<'static>> {
        let [prior, kind_prior] = [how.letter_prior, how.kind_prior].map(|n| n as u64 * u64::from(ONE));
        let occurs = |meant: Meant| self.letters.get(&meant).copied().unwrap_or(0);
        let mut kinds: Counts<(u8, Seen)> = Counts::default();
        let mut kind_letters: Counts<u8> = Counts::default();
        for (&([letter, second], seen), &count) in &self.rules {
            if second == 0 {
                *kinds.entry((kind(letter), seen)).or_default() += count;
            }
        }
        for (&[letter, second], &count) in &self.letters {
            if second == 0 {
                *kind_letters.entry(kind(letter)).or_default() += count;
            }
        }
        // What its kind is worth to a letter alone, and what of that speaks for a rule.
        let lent = |meant: Meant, seen: Seen| match kind_letters.get(&kind(meant[0])) {
            Some(&of) if meant[1] == 0 => {
                let count = kinds.get(&(kind(meant[0]), seen)).copied().unwrap_or(0);
                (kind_prior, (count << FRACTION) / of.max(1) * kind_prior)
            }
            _ => (0, 0),
        };
        let cost = |meant: Meant, seen: Seen, trained: Option<u8>| -> Option<u8> {
            let count = self.rules.get(&(meant, seen)).copied().unwrap_or(0);
            let count = if trained.is_none() { count.saturating_sub(CHANCE) } else { count };
            let trained = trained.map_or(0, |cost| LIKELY[usize::from(cost)]);
            let (lenders, lent) = lent(meant, seen);
            let part = (count << FRACTION) + prior * trained + lent;
            let whole = (occurs(meant) + prior + lenders) << FRACTION;
            let cost = (ratio(whole, part) + 2) / 4;
            (part > 0 && cost <= MOST).then_some(cost.max(0) as u8)
        };
        let key = |seen: &str| -> Seen {
            let mut chars = seen.chars();
            std::array::from_fn(|_| chars.next().unwrap_or('\0'))
        };
        let mut known: HashSet<(Meant, Seen), BuildHasherDefault<Mix>> = HashSet::default();
        let mut out: Vec<Entry<'static>> = Vec::with_capacity(trained.len() * 5 / 4);
        let mut alphabet: Counts<char> = Counts::default();
        for entry in trained {
            let seen = key(&entry.seen);
            known.insert((entry.meant, seen));
            seen.iter().for_each(|&c| *alphabet.entry(c).or_default() = u64::MAX);
            if let Some(cost) = cost(entry.meant, seen, Some(entry.cost)) {
                out.push(Entry { meant: entry.meant, seen: entry.seen.clone().into_owned().into(), cost });
            }
        }
        // What was not trained: of letters that were seen so, and of all of their kind.
        let mut new: Vec<(Meant, Seen)> = self.rules.keys().copied().collect();
        for (letter, seen) in kinds.keys() {
            let all = (1..=letter::LETTERS as u8).flat_map(|small| [small, small | CAPITAL]);
            new.extend(all.filter(|&code| kind(code) == *letter).map(|code| ([code, 0], *seen)));
        }
        new.sort_unstable();
        new.dedup();
        new.retain(|rule| !known.contains(rule));
        let new: Vec<_> =
            new.into_iter().filter_map(|(meant, seen)| Some((meant, seen, cost(meant, seen, None)?))).collect();
        // A profile tells so many characters apart: the commonest.
        for (meant, seen, _) in &new {
            let count = self.rules.get(&(*meant, *seen)).copied().unwrap_or(0);
            seen.iter().for_each(|&c| {
                let n = alphabet.entry(c).or_default();
                *n = n.saturating_add(count);
            });
        }
        let mut common: Vec<(char, u64)> = alphabet.into_iter().collect();
        common.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        common.truncate(MOST_CHARACTERS);
        let common: Vec<char> = common.into_iter().map(|(c, _)| c).collect();
        for (meant, seen, cost) in new {
            if seen.iter().all(|c| common.contains(c)) {
                let seen: String = seen.into_iter().filter(|&c| c != '\0').collect();
                out.push(Entry { meant, seen: seen.into(), cost });
            }
        }
        out
    }
}

/// A further character of a letter that is seen as no rule has it.
const FURTHER: i32 = 2 * UNIT;

/// The kind of a letter: those that differ in marks only are of one.
fn kind(letter: u8) -> u8 {
    letter::plain(letter & !CAPITAL) | (letter & CAPITAL)
}

/// What is taken off the count of a rule that was not trained, in parts of [`ONE`]: it may be chance.
const CHANCE: u64 = ONE as u64;

/// A profile tells 254 characters apart.
const MOST_CHARACTERS: usize = 254;

/// Rules that cost more, in sixteenths of a nat, are dropped.
const MOST: i32 = 200;

/// Likelihoods are kept with so many bits after the point.
const FRACTION: u32 = 32;

/// exp(-cost / 16) by costs in sixteenths of a nat. Products of whole numbers and one constant are the same everywhere.
static LIKELY: LazyLock<Vec<u64>> = LazyLock::new(|| {
    const STEP: f64 = 0.939_413_062_813_475_8;
    let mut likely = (1u64 << FRACTION) as f64;
    let mut next = || {
        let now = likely as u64;
        likely *= STEP;
        now
    };
    (0..256).map(|_| next()).collect()
});

/// Fills in the cheapest alignment of letters meant with characters seen; the last cell is out of reach if there are too many of
/// these.
fn align(profile: &Profile, word: &[u8], codes: &[u8], case: Case, cells: &mut Vec<(i32, u8, u8)>) {
    let (n, m) = (word.len(), codes.len());
    let none = [Rules::default(); 2];
    let mut table = [[none; LONGEST + 1]; LONGEST_WORD + 1];
    for (j, row) in table.iter_mut().enumerate().take(m + 1) {
        for (k, entry) in row.iter_mut().enumerate().take(m - j + 1) {
            let seen = &codes[j..j + k];
            if !seen.contains(&0) {
                let key = seen.iter().rev().fold(0, |key, &c| key << 8 | u32::from(c));
                *entry = [true, false].map(|begins| rules(profile, key, case, begins));
            }
        }
    }
    let width = m + 1;
    cells.clear();
    cells.resize((n + 1) * width, (i32::MAX, 0, 0));
    cells[0].0 = 0;
    for i in 0..n {
        let letter = word[i];
        let of = usize::from(i > 0);
        // What it costs that a character is this letter, if a rule says so.
        let one = |j: usize| match table[j][1][of].alone[letter as usize] {
            NEVER => SUBSTITUTED,
            cost => i32::from(cost).min(SUBSTITUTED),
        };
        for j in 0..=m {
            let here = cells[i * width + j].0;
            if here == i32::MAX {
                continue;
            }
            for k in 0..=LONGEST.min(m - j) {
                let rules = &table[j][k][of];
                let unruly = match k {
                    0 => LOST,
                    // What no rule knows may well be several characters.
                    _ => {
                        let more = k as i32 - 1;
                        let known = (j..j + k).map(one).min().unwrap_or(SUBSTITUTED) + ADDED * more;
                        known.min(SUBSTITUTED + FURTHER * more)
                    }
                };
                let alone = rules.alone[letter as usize];
                let alone = if alone == NEVER { unruly } else { unruly.min(i32::from(alone)) };
                let there = &mut cells[(i + 1) * width + j + k];
                if here + alone < there.0 {
                    *there = (here + alone, 1, k as u8);
                }
                let second = word.get(i + 1);
                if let Some(&(cost, _)) = rules.pairs(letter).iter().find(|pair| Some(&pair.1) == second) {
                    let there = &mut cells[(i + 2) * width + j + k];
                    if here + i32::from(cost) < there.0 {
                        *there = (here + i32::from(cost), 2, k as u8);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    fn cost(rules: &[Entry], meant: char, seen: &str) -> Option<u8> {
        let code = letter::code(meant).unwrap();
        rules.iter().find(|rule| rule.meant == [code, 0] && rule.seen == seen).map(|rule| rule.cost)
    }

    #[test]
    fn rules_follow_the_document() {
        let model = Model::embedded();
        let parts = &model.0;
        let trained = parts.profiles.learnt(Damage::EnglishOcr);
        let how = Adaptation::default();
        let learn = |words: &[(&str, &str)]| {
            let mut hand = Hand::default();
            for (word, seen) in words {
                let spelling = letter::spell(word).unwrap();
                hand.add(&parts.profiles[Damage::EnglishOcr], &spelling, Case::Lower, seen, 9 * u64::from(ONE));
            }
            hand.rules(&trained, &how)
        };
        // What shows nothing changes nothing.
        let rules = learn(&[]);
        let kept = trained.iter().filter(|rule| i32::from(rule.cost) < MOST - 1);
        for rule in kept {
            let now = rules.iter().find(|now| now.meant == rule.meant && now.seen == rule.seen).unwrap();
            assert!(now.cost.abs_diff(rule.cost) <= 1, "{rule:?} {now:?}");
        }
        let words = [("việc", "viQc"), ("hiện", "hiQn"), ("bệnh", "bQnh"), ("hệ", "hQ"), ("nghiệp", "nghiQp")];
        let rules = learn(&words);
        // What was seen again and again is likely, of letters of its kind likelier than before; other ways are less likely.
        assert_eq!(cost(&trained, 'ệ', "Q"), None);
        assert!(cost(&rules, 'ệ', "Q").unwrap() < 40);
        assert!(cost(&rules, 'ể', "Q").is_some_and(|cost| cost < 70));
        assert!(cost(&rules, 'ệ', "é") > cost(&trained, 'ệ', "é"));
        assert_eq!(cost(&rules, 'ụ', "u"), cost(&trained, 'ụ', "u"));
        assert!(Profile::new(&rules).is_ok());
        // Two letters for one.
        let rules = learn(&[("đơn", "tlon"), ("điều", "tliAu"), ("được", "tlugc"), ("đã", "tld")]);
        assert!(cost(&rules, 'đ', "tl").unwrap() < 50);
    }

    #[test]
    fn words_of_any_length_are_matched() {
        let model = Model::embedded();
        let profile = &model.0.profiles[Damage::ScannerOcr];
        let mut hand = Hand::default();
        for word in ["a", "nghiêng", "ư"] {
            for seen in ["", "x", "(cid:1)~~", "nghi\u{fffd}ng", &"m".repeat(40)] {
                hand.add(profile, &letter::spell(word).unwrap(), Case::Title, seen, 256);
            }
        }
        let rules = hand.rules(&model.0.profiles.learnt(Damage::ScannerOcr), &Adaptation::default());
        assert!(Profile::new(&rules).is_ok());
    }
}
