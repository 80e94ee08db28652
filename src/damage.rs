//! Which kind of damage a line has suffered, if any.
//!
//! Tesseract's English mode knows one marked letter, `é`; so a line with any other is not of that kind, and a line
//! of Vietnamese with none at all is stripped, or read in English mode. Between these two the odd words decide:
//! digits and symbols inside words, and words that are no syllable's skeleton. Other modes know the marks of their
//! languages, and hardly a letter that only Vietnamese has. What reads letter by letter puts digits, signs and capitals into
//! every fourth word. Lines say little each, so each leans on the whole document.
//!
//! Right text may have lines or words that are stripped: a word that has a syllable's skeleton and is none as it stands
//! (`mot`, `duoc`) has lost marks.

use crate::candidates::{FEW_STEPS, Limits, Searcher};
use crate::channel::Damage;
use crate::foreign::{self, Evidence, has_hump};
use crate::lattice::is_code;
use crate::lexicon::Lexicon;
use crate::model::Parts;
use crate::ngram::UNIT;
use crate::segment::{Gap, Kind, Piece};
use crate::text::case::{self, Case};
use crate::text::letter;
use crate::text::lost::{self, Lost};
use crate::text::syllable;
use std::ops::AddAssign;

/// What the words of a line, or of a document, look like.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Signs {
    /// Words in all.
    words: u32,
    /// Words with letters that only Vietnamese has, and is right to have.
    vietnamese: u32,
    /// Of these such with letters that no other language has.
    own: u32,
    /// Words with `é` or other marked letters of Western Europe, and none of those.
    western: u32,
    /// Words with digits or symbols inside.
    mixed: u32,
    /// These but for codes, and words that have a capital after a small letter or a `q` without `u`.
    jumbled: u32,
    /// Words of plain letters that are no word's skeleton.
    odd: u32,
    /// Of these, of small letters, such as OCR makes of words: `duroc`, `sir`.
    misread: u32,
    /// Words that are all consonants: of small letters, or in a line of capitals.
    bare: u32,
    /// Of these, such as are left of syllables whose marked letters are gone: `cng`, `ngh`.
    left: u32,
    /// Words of small plain letters that are a syllable's only with marks: `duoc`, `mot`.
    robbed: u32,
    /// Words of small letters with marks that are a syllable's only with more: `đươc`, `nuóc`.
    halved: u32,
    /// Words of small letters with marks of Western Europe only that are no words: `ngwûi`, `câp`, `dän`.
    strange: u32,
    /// Which language the words speak for.
    language: Evidence,
}

/// Whether English mode cannot write this letter.
fn only_vietnamese(c: char) -> bool {
    !c.is_ascii() && !matches!(c, 'é' | 'É') && letter::code(c).is_some()
}

/// Whether a word with small letters has a `q` that no `u` follows, as letters with a dot below look.
fn has_lone_q(word: &str) -> bool {
    let next = word.chars().skip(1).map(Some).chain([None]);
    let lone =
        |(c, next): (char, Option<char>)| matches!(c, 'q' | 'Q') && next.is_none_or(|c| !c.eq_ignore_ascii_case(&'u'));
    word.contains(|c: char| c.is_lowercase()) && word.chars().zip(next).any(lone)
}

/// Whether a word of plain letters has lost its vowels; capitals by themselves may be short for something, but in a line of them.
fn is_bare(word: &str, capitals: bool) -> bool {
    word.len() > 1
        && !word.bytes().any(|b| b"aeiouyAEIOUY".contains(&b))
        && (capitals || word.bytes().any(|b| b.is_ascii_lowercase()))
}

/// Whether a word of small letters has a syllable's skeleton, and is no syllable as it stands.
fn is_robbed(word: &str, lexicon: &Lexicon) -> bool {
    let is_syllable = |word: &mut [u8]| Some(syllable::parse(word).is_some());
    lexicon.word(word).is_none_or(|leaf| lexicon.is_foreign(leaf.word))
        && !word.chars().any(char::is_uppercase)
        && lexicon.skeleton(word) == Some(true)
        && letter::spell_small(word, is_syllable) == Some(false)
}

/// Whether a letter has marks that English mode does not write.
fn is_marked(c: char) -> bool {
    !c.is_ascii() && !matches!(c, 'é' | 'É') && letter::is_alphabetic(c)
}

/// Whether a word of small letters is none.
fn is_strange(word: &str, lexicon: &Lexicon) -> bool {
    !word.chars().any(char::is_uppercase) && lexicon.word(word).is_none_or(|leaf| lexicon.is_foreign(leaf.word))
}

/// So many words of its document a line leans on, when it is asked how many of its words are stripped.
const LEAN: f64 = 10.0;

/// The odds that a word was spared, by the sixteenths of words that were not, as a cost: 64 log ((16 - n) / n), and of none
/// that of one in 64.
const ODDS: [i32; 8] = [265, 173, 125, 94, 70, 50, 33, 16];

/// What it costs to change a word with marks where none has lost some, in the same.
const WHOLE: i32 = 512;

/// What was found of a piece, as of all of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It is Vietnamese, and has suffered this.
    Damaged(Damage),
    /// It is Vietnamese, and some of its words are stripped of their marks, others not.
    Thinned {
        /// So many sixteenths of them.
        stripped: u8,
        /// Of those with marks so many sixteenths have lost some.
        halved: u8,
    },
    /// It is right, whatever it looks like.
    Right,
    /// It is of another language, or no language.
    Foreign,
    /// Letters have been dropped, and nothing tells which.
    Lost,
}

impl Found {
    /// The damage, if there is any to be undone.
    pub fn damage(self) -> Option<Damage> {
        match self {
            Found::Damaged(damage) => Some(damage),
            Found::Thinned { .. } => Some(Damage::Stripped),
            _ => None,
        }
    }

    /// What it costs to change a word, beyond what it does in text that is damaged throughout.
    pub fn toll(self, word: &str) -> i32 {
        let odds = |share: u8| ODDS.get(usize::from(share)).copied().unwrap_or(0);
        match self {
            Found::Thinned { stripped, .. } if word.is_ascii() => odds(stripped),
            Found::Thinned { halved: 0, .. } => WHOLE,
            Found::Thinned { halved, .. } => odds(halved),
            _ => 0,
        }
    }
}

/// What the words of a vocabulary look like, by their numbers: among small letters, and in a line of capitals.
#[derive(Default)]
pub struct Looks {
    words: Vec<Option<[Signs; 2]>>,
    searcher: Searcher,
}

impl Looks {
    /// What a piece's word looks like.
    fn of(&mut self, text: &str, piece: &Piece, parts: &Parts) -> Signs {
        let number = piece.number as usize;
        if self.words.len() <= number {
            self.words.resize(number + 1, None);
        }
        self.words[number].get_or_insert_with(|| {
            let mut signs =
                [false, true].map(|capitals| Signs::of(text, &Piece { capitals, ..*piece }, &parts.lexicon));
            let word = piece.span.of(text);
            if signs[1].bare > 0 {
                let (lexicon, profile) = (&parts.lexicon, &parts.profiles[Damage::Dropped]);
                let case = case::case_of(word, false);
                let left = u32::from(!self.searcher.search(lexicon, profile, word, case, LEFT).is_empty());
                signs.iter_mut().for_each(|signs| signs.left = left * signs.bare);
            }
            if signs[0].odd > signs[0].bare && word.len() >= 3 && word.bytes().all(|b| b.is_ascii_lowercase()) {
                let (lexicon, profile) = (&parts.lexicon, &parts.profiles[Damage::EnglishOcr]);
                let found = self.searcher.search(lexicon, profile, word, Case::Lower, MISREAD);
                let misread = u32::from(found.iter().any(|c| c.cost <= MISREAD_AT_MOST));
                signs.iter_mut().for_each(|signs| signs.misread = misread);
            }
            signs
        })[usize::from(piece.capitals)]
    }

    /// Forgets the vocabulary.
    pub fn clear(&mut self) {
        self.words.clear();
    }
}

/// What it may cost at most that OCR made an odd word of one of the lexicon, and how far such is searched for.
const MISREAD_AT_MOST: i32 = 5 * UNIT;
const MISREAD: Limits = Limits {
    beyond_best: 2 * UNIT,
    most: 4,
    bar: MISREAD_AT_MOST + 5 * UNIT,
    glued: 0,
    anything: false,
    steps: FEW_STEPS,
};

/// The damage that leaves such a sign.
fn left_by(sign: Lost) -> Damage {
    match sign {
        Lost::SomeMarked => Damage::Dropped,
        Lost::SomeBeyondLatin => Damage::DroppedLatin,
        Lost::Marked | Lost::BeyondLatin | Lost::TwoBytes | Lost::ThreeBytes => Damage::Lossy,
    }
}

/// How far such words are searched for as are left of others.
const LEFT: Limits = Limits { beyond_best: 0, most: 1, bar: 12 * UNIT, glued: 0, anything: false, steps: FEW_STEPS };

/// The lines of a text, as far as they show what it has suffered.
#[derive(Default)]
pub struct Lines(Vec<Line>);

/// Pieces of one line and one sentence.
struct Line {
    pieces: u32,
    /// Whether its sentence begins with it.
    begins: bool,
    /// Whether it is known to be right.
    right: bool,
    /// What signs for lost letters say, if there are any.
    lost: Option<Damage>,
    signs: Signs,
}

impl Lines {
    /// Adds whole lines of a text; `right` says which are right.
    pub fn add(
        &mut self,
        text: &str,
        pieces: &[Piece],
        parts: &Parts,
        looks: &mut Looks,
        right: impl Fn(&[Piece]) -> bool,
    ) {
        for line in pieces.chunk_by(|_, piece| !matches!(piece.gap, Gap::Line | Gap::Sentence)) {
            let gapped = line.iter().find(|piece| piece.kind == Kind::Gapped);
            let right = gapped.is_none() && right(line);
            let mut signs = Signs::default();
            let words =
                line.iter().filter(|piece| !right && matches!(piece.kind, Kind::Word | Kind::Mixed | Kind::Gapped));
            words.for_each(|piece| signs += looks.of(text, piece, parts));
            let begins = line[0].gap == Gap::Sentence;
            let sign = gapped.and_then(|piece| piece.span.of(text).chars().find_map(lost::of_sign));
            let lost = sign.map(left_by);
            self.0.push(Line { pieces: line.len() as u32, begins, right, lost, signs });
        }
    }

    /// What they have suffered: how many pieces, one after the other, have suffered what.
    pub fn found(self) -> Vec<(Found, usize)> {
        let lines = self.0;
        let foreign = foreign::lines(&lines, |line| line.signs.language, |line| line.begins);
        let whole = |line: &&Line| line.lost.is_none() && !line.right;
        let counts = lines.iter().zip(&foreign).filter(|&(line, &foreign)| !foreign && whole(&line));
        // Of the lines with Vietnamese letters, with marks of other languages, and with neither.
        let [mut marked, mut alien, mut bare] = [Signs::default(); 3];
        counts.for_each(|(line, _)| match () {
            () if line.signs.is_alien() => alien += line.signs,
            () if line.signs.vietnamese > 0 => marked += line.signs,
            () => bare += line.signs,
        });
        let mut all = marked;
        all += alien;
        all += bare;
        let document = all.document();
        // Right text, and in it other text that is damaged throughout, or words that are.
        let right = document == Damage::VietnameseOcr;
        let others = (right && bare.is_stripped()).then(|| bare.document());
        let western = right && alien.is_western() && alien.strange >= alien.words.div_ceil(16);
        let thinned = right && marked.is_thinned();
        let words = |lossy: bool| -> u64 {
            lines.iter().filter(|line| line.lost.is_some() == lossy).map(|line| u64::from(line.signs.words)).sum()
        };
        let lossy = lines.iter().find_map(|line| line.lost).filter(|_| words(true) > words(false));
        let mut any = Signs::default();
        lines.iter().filter(whole).for_each(|line| any += line.signs);
        let dropped = any.dropped();
        let mut runs: Vec<(Found, usize)> = Vec::new();
        for (&Line { pieces, right, lost, signs, .. }, foreign) in lines.iter().zip(foreign) {
            let few = |count: u32, parts: u32| count * parts < signs.words.max(1);
            // What was read letter by letter, and what is left of words, looks like no language.
            let odd =
                document == Damage::ScannerOcr && !few(signs.jumbled, 16) || dropped.is_some() && !few(signs.bare, 8);
            let found = if right {
                Found::Right
            } else if let Some(damage) = lost {
                Found::Damaged(damage)
            } else if foreign && !odd {
                Found::Foreign
            } else if let Some(damage) = lossy.or(dropped.filter(|_| few(signs.own, 8))) {
                // Though nothing shows it in this line.
                Found::Damaged(damage)
            } else if all.is_lost() && few(signs.own, 8) {
                Found::Lost
            } else if thinned && signs.vietnamese > 0 {
                signs.thinned(marked)
            } else {
                Found::Damaged(match others {
                    Some(damage) if signs.vietnamese == 0 => damage,
                    _ if western && signs.is_alien() => Damage::WesternOcr,
                    _ => signs.line(document),
                })
            };
            match runs.last_mut() {
                Some((last, count)) if *last == found => *count += pieces as usize,
                _ => runs.push((found, pieces as usize)),
            }
        }
        runs
    }
}

/// What piece after piece has suffered.
pub fn each(found: &[(Found, usize)]) -> impl Iterator<Item = Found> + '_ {
    found.iter().flat_map(|&(found, pieces)| std::iter::repeat_n(found, pieces))
}

impl AddAssign for Signs {
    fn add_assign(&mut self, other: Signs) {
        self.words += other.words;
        self.vietnamese += other.vietnamese;
        self.own += other.own;
        self.western += other.western;
        self.mixed += other.mixed;
        self.jumbled += other.jumbled;
        self.odd += other.odd;
        self.misread += other.misread;
        self.bare += other.bare;
        self.left += other.left;
        self.robbed += other.robbed;
        self.halved += other.halved;
        self.strange += other.strange;
        self.language += other.language;
    }
}

impl Signs {
    /// The signs of a word.
    fn of(text: &str, piece: &Piece, lexicon: &Lexicon) -> Self {
        let word = piece.span.of(text);
        let mut signs = Signs { words: 1, language: Evidence::of(text, piece, lexicon), ..Signs::default() };
        let jumbled = (piece.kind == Kind::Mixed && !is_code(word)) || has_hump(word) || has_lone_q(word);
        signs.jumbled = u32::from(jumbled);
        if word.is_ascii() {
            let mixed = piece.kind == Kind::Mixed;
            signs.mixed = u32::from(mixed);
            signs.odd = u32::from(!mixed && lexicon.skeleton(word).is_none());
            signs.bare = u32::from(!mixed && is_bare(word, piece.capitals));
            signs.robbed = u32::from(!mixed && is_robbed(word, lexicon));
            return signs;
        }
        let own = word.chars().any(letter::is_own);
        signs.strange = u32::from(!own && word.chars().any(is_marked) && is_strange(word, lexicon));
        if word.chars().any(only_vietnamese) {
            signs.vietnamese = 1;
            signs.own = u32::from(own);
            signs.halved = u32::from(piece.kind == Kind::Word && is_robbed(word, lexicon));
        } else if word.chars().any(|c| matches!(c, 'é' | 'É')) {
            signs.western = 1;
        } else {
            signs.mixed = 1;
        }
        signs
    }

    /// Whether letters were dropped: of text without its marked letters one word in five is bare, of what OCR reads one in
    /// twenty, and beside these there are others that show it.
    fn is_lost(self) -> bool {
        self.bare >= 4 && self.bare * 6 > self.words && self.bare > 2 * (self.western + self.mixed)
    }

    /// What letters were dropped, if they were; people who leave out letters write words without marks, too, and leave what
    /// is left of no syllable.
    fn dropped(self) -> Option<Damage> {
        let Signs { words, own, bare, left, robbed, .. } = self;
        let marked = self.vietnamese + self.western + self.strange;
        let many = self.is_lost() && left * 5 >= bare * 4 && robbed * 8 < words && own * 16 < words;
        // Marks, and none that Latin-1 lacks.
        let few = left >= 2 && left == bare && left * 6 > words && marked >= 2 && own + robbed + self.mixed == 0;
        let damage = if 20 * marked >= words { Damage::DroppedLatin } else { Damage::Dropped };
        (many || few).then_some(damage)
    }

    /// Whether lines without Vietnamese letters should have some.
    fn is_stripped(self) -> bool {
        self.robbed >= 2 && u64::from(self.robbed) * 100 >= u64::from(self.words) * 3
    }

    /// Whether words of a document have lost their marks, or some of them. Of text that is stripped throughout one word in
    /// four is no syllable as it stands, of what OCR reads in Vietnamese mode one in three hundred at most.
    fn is_thinned(self) -> bool {
        let are = |words: u32, least: u32, percent: u64| {
            words >= least && u64::from(words) * 100 >= u64::from(self.words) * percent
        };
        // Of few words one will do, unless most have marks.
        let few = self.robbed == 1 && self.words <= 25 && self.vietnamese * 8 < self.words * 5;
        are(self.robbed, 2, 1) || are(self.halved, 3, 4) || few
    }

    /// What a line with these signs has suffered in a thinned document with those: by the words that are no syllables, and by
    /// the words that have no marks, of which there are one in five in right text.
    fn thinned(self, document: Signs) -> Found {
        let sixteenths = |share: f64| (16.0 * share.clamp(0.0, 1.0)).round() as u8;
        // As if it had some words more that are like the document's.
        let lean =
            |of: fn(Signs) -> u32| f64::from(of(self)) + LEAN * f64::from(of(document)) / f64::from(document.words);
        let words = lean(|signs| signs.words);
        let robbed = 4.0 * lean(|signs| signs.robbed) / words;
        let bare = 1.0 - 1.25 * lean(|signs| signs.vietnamese) / words;
        let halved = 5.0 * f64::from(document.halved) / f64::from(document.vietnamese.max(1));
        Found::Thinned { stripped: sixteenths(robbed.min(bare)), halved: sixteenths(halved) }
    }

    /// Whether there are marks, and hardly any that only Vietnamese has.
    fn is_alien(self) -> bool {
        u64::from(self.own) * 8 < u64::from(self.vietnamese + self.strange)
    }

    /// Whether marks are those that OCR knows in the mode of another language: by what is seen of words that are right and of
    /// such, in half nats. Of the former two in three have letters of Vietnamese alone, of the latter hardly one; and every
    /// third of these is no word, or has lost its marks.
    fn is_western(self) -> bool {
        let Signs { words, vietnamese, own, strange, robbed, misread, .. } = self;
        let [words, marked, own] = [words, vietnamese + strange, own].map(u64::from);
        let wrong = u64::from(strange + robbed + misread);
        let many = marked * 16 >= words && wrong > 0 && wrong * 64 >= words;
        many && self.is_alien() && 8 * wrong + words >= 24 + 7 * own
    }

    /// Whether OCR without marks made the words: of stripped text's one in a thousand at most looks so.
    fn is_misread(self) -> bool {
        let are =
            |words: u32, parts: u64| self.misread >= words && u64::from(self.misread) * parts > u64::from(self.words);
        are(2, 64) || are(3, 256)
    }

    /// Whether letters were read one by one, by what is seen of such and of other damaged text, in quarters of a nat: every fourth
    /// word has digits, signs or capitals inside, or every twentieth.
    fn is_jumbled(self) -> bool {
        let Signs { words, jumbled, .. } = self;
        jumbled >= 2 && 7 * jumbled >= 8 + words
    }

    /// The kind of damage that a whole document with these signs has suffered most.
    fn document(self) -> Damage {
        let share = |n: u32| f64::from(n) / f64::from(self.words.max(1));
        if self.is_western() {
            Damage::WesternOcr
        } else if share(self.vietnamese) > 0.15 && self.vietnamese > self.western + self.mixed {
            Damage::VietnameseOcr
        } else if self.is_jumbled() {
            Damage::ScannerOcr
        } else if share(self.western) + share(self.mixed) > 0.02 || share(self.odd) > 0.12 || self.is_misread() {
            Damage::EnglishOcr
        } else {
            Damage::Stripped
        }
    }

    /// The kind of damage of one line with these signs, in a document of that kind.
    fn line(self, document: Damage) -> Damage {
        let share = |n: u32| f64::from(n) / f64::from(self.words.max(1));
        match document {
            Damage::ScannerOcr if share(self.vietnamese) < 0.4 => Damage::ScannerOcr,
            _ if self.is_western() => Damage::WesternOcr,
            Damage::WesternOcr if self.own < (self.vietnamese + self.strange).div_ceil(3) => Damage::WesternOcr,
            _ if share(self.vietnamese) > 0.4 && self.vietnamese > self.western + self.mixed => Damage::VietnameseOcr,
            Damage::VietnameseOcr if self.vietnamese > 0 => Damage::VietnameseOcr,
            // Many words and not one mark: other damage has crept in.
            Damage::VietnameseOcr if self.words >= 8 && self.western + self.mixed == 0 => Damage::Stripped,
            Damage::VietnameseOcr if self.words >= 8 => Damage::EnglishOcr,
            other => other,
        }
    }
}
