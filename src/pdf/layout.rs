//! Words on a page into lines, lines into blocks, in the order in which they are read.
//!
//! Words on a baseline are joined into segments, which wide gaps end. Where a gap goes down through several lines, with
//! text on both sides, there are columns: columns of running text are read one after the other, those of a table or of a
//! letter's head line by line. What lies across the gap (a title) parts what is above from what is below.

use std::cmp::Reverse;

use hayro_interpret::kurbo::{Point, Rect, Vec2};

use super::read::{SAME_LINE, SPACE, Word};

/// Gaps wider than this share of the type size end a segment.
const WIDE: f64 = 0.7;
/// The gap between two columns is at least this share of the type size, down all their lines; the second if these are few,
/// for spaces of running text may lie below one another by chance.
const GUTTER: [f64; 2] = [0.5, 1.2];
const FEW_ROWS: usize = 4;
/// Lines of a table nearer than this share of the type size would touch, if they were one above the other.
const TOUCHING: f64 = 0.85;
/// A line at least this much farther from the one above than is usual begins a block.
const PARTED: f64 = 1.45;
/// A column of running text is wider than so many times its type size.
const NARROW: f64 = 8.0;
/// So many places are looked at for a gap between columns.
const MOST_PLACES: usize = 1000;
/// A line that is so many times its type size below the one above begins a block, however usual that is.
const FAR: f64 = 3.0;
/// Regions within regions, at most.
const DEEPEST: usize = 24;
/// A page with more words than this is no text for reading, and is read as it is drawn.
const MOST_WORDS: usize = 60_000;

/// Lines that belong together.
#[derive(Debug, Default)]
pub struct Block {
    /// Whether they are rows of cells.
    pub is_table: bool,
    pub lines: Vec<Line>,
}

/// A line of text, or a row of a table: its cells, most often one.
#[derive(Debug, Default)]
pub struct Line {
    pub cells: Vec<Vec<Word>>,
    /// How far the line is from the top, and its type size.
    pub base: f64,
    pub size: f64,
}

impl Line {
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.cells.iter().flatten()
    }

    /// Its words with spaces between them.
    pub fn text(&self) -> String {
        self.words().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// The blocks of a page's words.
pub fn blocks(words: Vec<Word>) -> Vec<Block> {
    if words.len() > MOST_WORDS {
        let lines = words.chunks(MOST_WORDS / 1000).map(|words| line(vec![words.to_vec()]));
        return vec![Block { is_table: false, lines: lines.collect() }];
    }
    // Writing that goes up or down the page is read by itself, after the rest.
    let mut turned: [Vec<Word>; 4] = Default::default();
    for word in words {
        let quarter = word.along.y.atan2(word.along.x) / std::f64::consts::FRAC_PI_2;
        turned[quarter.round().rem_euclid(4.0) as usize % 4].push(word);
    }
    turned.sort_by_key(|words| Reverse(words.len()));
    turned.into_iter().filter(|words| !words.is_empty()).flat_map(upright).collect()
}

/// The blocks of words that are written in one direction.
fn upright(words: Vec<Word>) -> Vec<Block> {
    // A scan lies askew; its text is put straight by the direction of the word in the middle.
    let mut angles: Vec<f64> = words.iter().map(|word| word.along.y.atan2(word.along.x)).collect();
    let middle = angles.len() / 2;
    let (_, &mut angle, _) = angles.select_nth_unstable_by(middle, f64::total_cmp);
    let frame = Frame { along: Vec2::from_angle(angle) };
    arrange(segments(&frame, words), DEEPEST)
}

/// Coordinates along the writing and down across it.
struct Frame {
    along: Vec2,
}

impl Frame {
    fn place(&self, at: Point) -> (f64, f64) {
        (self.along.dot(at.to_vec2()), self.along.cross(at.to_vec2()))
    }
}

/// Words on one baseline without wide gaps between them.
#[derive(Debug)]
struct Segment {
    /// The row of words that it is from, counted from the top of the page.
    row: usize,
    left: f64,
    right: f64,
    base: f64,
    size: f64,
    words: Vec<Word>,
}

impl Segment {
    fn covers(&self, x: f64) -> bool {
        self.left < x && x < self.right
    }

    /// What of its length is covered by words, and single spaces.
    fn dense(&self) -> f64 {
        self.words.iter().map(|word| word.length + 0.3 * word.size).sum()
    }
}

/// Puts words on their baselines and joins those that stand close.
fn segments(frame: &Frame, words: Vec<Word>) -> Vec<Segment> {
    let mut placed: Vec<Segment> = words
        .into_iter()
        .map(|word| {
            let (left, base) = frame.place(word.origin);
            Segment { row: 0, left, right: left + word.length, base, size: word.size, words: vec![word] }
        })
        .collect();
    placed.sort_by(|a, b| a.base.total_cmp(&b.base));
    let mut segments = Vec::new();
    let mut row: Vec<Segment> = Vec::new();
    let (mut base, mut size, mut number) = (0.0, 0.0, 0);
    for mut word in placed {
        if !row.is_empty() && word.base - base > SAME_LINE * f64::max(size, word.size) {
            join(std::mem::take(&mut row), &mut segments);
            number += 1;
        }
        // The row's baseline is that of its largest type.
        if row.is_empty() || word.size > 1.2 * size {
            (base, size) = (word.base, word.size);
        }
        word.row = number;
        row.push(word);
    }
    join(row, &mut segments);
    segments
}

/// Joins the words of one row.
fn join(mut row: Vec<Segment>, segments: &mut Vec<Segment>) {
    row.sort_by(|a, b| a.left.total_cmp(&b.left));
    // Text drawn twice in one place is bold type.
    row.dedup_by(|b, a| a.words[0].text == b.words[0].text && b.left - a.left < SPACE * a.size);
    let first = segments.len();
    for mut next in row {
        let Some(segment) = segments[first..].last_mut() else {
            segments.push(next);
            continue;
        };
        let last = segment.words.last_mut().expect("has words");
        let word = &mut next.words[0];
        let gap = (next.left - segment.right) / last.size.max(word.size);
        if gap > WIDE {
            segments.push(next);
            continue;
        }
        if gap < SPACE && !last.spaced && gap > -0.5 && last.visible == word.visible {
            last.text += &word.text;
            last.length += next.right - segment.right;
            last.spaced = word.spaced;
            last.sure = last.sure.or(word.sure);
            last.operators = match (last.operators, word.operators) {
                (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                _ => None,
            };
        } else {
            segment.words.append(&mut next.words);
        }
        segment.right = segment.right.max(next.right);
        if next.size > 1.2 * segment.size {
            (segment.base, segment.size) = (next.base, next.size);
        }
    }
}

/// Reads a region: as one column, or in bands where columns stand side by side, with what lies across between them.
fn arrange(mut region: Vec<Segment>, depth: usize) -> Vec<Block> {
    region.sort_by(|a, b| a.row.cmp(&b.row).then(a.left.total_cmp(&b.left)));
    let Some(x) = gutter(&region).filter(|_| depth > 0) else {
        return paragraphs(region);
    };
    let mut blocks = Vec::new();
    let (mut beside, mut across) = (Vec::new(), Vec::new());
    let mut band = Band::default();
    let mut part = |beside: &mut Vec<Segment>, across: &mut Vec<Segment>, band: &mut Band| {
        if std::mem::take(band).rows(FEW_ROWS) == 0 {
            across.append(beside);
            return;
        }
        if !across.is_empty() {
            blocks.extend(arrange(std::mem::take(across), depth - 1));
        }
        blocks.extend(columns(std::mem::take(beside), x, depth));
    };
    for row in by_row(region) {
        if row.iter().any(|segment| segment.covers(x)) {
            part(&mut beside, &mut across, &mut band);
            across.extend(row);
        } else {
            row.iter().for_each(|segment| band.add(segment, x));
            beside.extend(row);
        }
    }
    part(&mut beside, &mut across, &mut band);
    if !across.is_empty() {
        blocks.extend(arrange(across, depth - 1));
    }
    blocks
}

/// Lines on both sides of a place that none lies across.
#[derive(Default)]
struct Band {
    left: Side,
    right: Side,
    size: f64,
}

#[derive(Default)]
struct Side {
    rows: usize,
    last: Option<usize>,
    /// How near it comes.
    edge: Option<f64>,
}

impl Side {
    fn add(&mut self, row: usize, edge: f64, nearer: fn(f64, f64) -> f64) {
        self.rows += usize::from(self.last.replace(row) != Some(row));
        self.edge = Some(self.edge.map_or(edge, |other| nearer(edge, other)));
    }
}

impl Band {
    fn add(&mut self, segment: &Segment, x: f64) {
        if segment.right <= x {
            self.left.add(segment.row, segment.right, f64::max);
        } else {
            self.right.add(segment.row, segment.left, f64::min);
        }
        self.size = self.size.max(segment.size);
    }

    /// How many rows the shorter side has; none if they are no columns. Of few rows more is asked.
    fn rows(&self, few: usize) -> usize {
        let (Some(from), Some(to)) = (self.left.edge, self.right.edge) else { return 0 };
        let rows = self.left.rows.min(self.right.rows);
        let least = GUTTER[usize::from(rows < few)];
        if rows >= 2 && to - from >= least * self.size { rows } else { 0 }
    }
}

/// The place that parts most lines of a region, at least two on each side.
fn gutter(region: &[Segment]) -> Option<f64> {
    // The middles of gaps in a line; and where lines begin, for those of columns that do not stand side by side.
    let gaps = region.windows(2).filter_map(|pair| {
        let beside = pair[0].row == pair[1].row && pair[1].left > pair[0].right;
        beside.then(|| (pair[0].right + pair[1].left) / 2.0)
    });
    let mut places: Vec<f64> = gaps.chain(region.iter().map(|segment| segment.left - 0.01)).collect();
    places.sort_by(f64::total_cmp);
    let size = region.first().map_or(1.0, |segment| segment.size);
    places.dedup_by(|b, a| *b - *a < size / 4.0);
    places.truncate(MOST_PLACES);
    // One long gap is worth more than several short ones.
    let worth = |x: f64| {
        let (mut sum, mut band) = (0, Band::default());
        for row in region.chunk_by(|a, b| a.row == b.row) {
            if row.iter().any(|segment| segment.covers(x)) {
                sum += std::mem::take(&mut band).rows(FEW_ROWS).pow(2);
            } else {
                row.iter().for_each(|segment| band.add(segment, x));
            }
        }
        sum + band.rows(FEW_ROWS).pow(2)
    };
    let places = places.into_iter().map(|x| (worth(x), x));
    let (worth, x) = places.max_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)))?;
    (worth > 0).then_some(x)
}

/// Reads a band that nothing lies across at `x`.
fn columns(band: Vec<Segment>, x: f64, depth: usize) -> Vec<Block> {
    let (left, right): (Vec<&Segment>, Vec<&Segment>) = band.iter().partition(|segment| segment.right <= x);
    if are_running(&left, &right) {
        let (left, right) = band.into_iter().partition(|segment| segment.right <= x);
        return [arrange(left, depth - 1), arrange(right, depth - 1)].into_iter().flatten().collect();
    }
    // What stands above the one column or below the other is no part of a table, and neither are lines of text there that
    // have a space where the columns part.
    let from = band.iter().map(|segment| segment.left).fold(f64::INFINITY, f64::min);
    let to = band.iter().map(|segment| segment.right).fold(f64::NEG_INFINITY, f64::max);
    let is_text = |row: &[Segment]| {
        let before =
            row.iter().map(|segment| segment.right).filter(|&right| right <= x).fold(f64::NEG_INFINITY, f64::max);
        let after = row.iter().map(|segment| segment.left).filter(|&left| left >= x).fold(f64::INFINITY, f64::min);
        after - before < GUTTER[1] * row[0].size && row.iter().map(Segment::dense).sum::<f64>() > 0.7 * (to - from)
    };
    let mut rows = by_row(band);
    let above = rows.iter().take_while(|row| is_text(row) || row.iter().all(|segment| segment.right <= x)).count();
    let mut rest = rows.split_off(above);
    let below = rest.iter().rev().take_while(|row| is_text(row) || row.iter().all(|segment| segment.left >= x)).count();
    let end = rest.split_off(rest.len() - below);
    let flat = |rows: Vec<Vec<Segment>>| rows.into_iter().flatten().collect::<Vec<_>>();
    let mut blocks = paragraphs(flat(rows));
    blocks.extend((!rest.is_empty()).then(|| table(flat(rest))));
    blocks.extend(paragraphs(flat(end)));
    blocks
}

/// Segments that are sorted by rows, row by row.
fn by_row(segments: Vec<Segment>) -> Vec<Vec<Segment>> {
    let mut rows: Vec<Vec<Segment>> = Vec::new();
    for segment in segments {
        match rows.last_mut() {
            Some(row) if row[0].row == segment.row => row.push(segment),
            _ => rows.push(vec![segment]),
        }
    }
    rows
}

/// Whether what stands side by side is text that runs down one column and then down the next.
fn are_running(left: &[&Segment], right: &[&Segment]) -> bool {
    let sides = [left, right].map(|side| side.chunk_by(|a, b| a.row == b.row).collect::<Vec<_>>());
    let few = sides[0].len().min(sides[1].len());
    if few < 3 {
        return false;
    }
    // Rows that stand side by side are a table's, unless they are full lines of text.
    let beside = sides[0].iter().filter(|row| sides[1].binary_search_by_key(&row[0].row, |other| other[0].row).is_ok());
    let least = if beside.count() * 2 < few { 0.4 } else { 0.65 };
    [left, right].iter().zip(&sides).all(|(side, rows)| {
        let from = side.iter().map(|segment| segment.left).fold(f64::INFINITY, f64::min);
        let to = side.iter().map(|segment| segment.right).fold(f64::NEG_INFINITY, f64::max);
        let dense = |row: &&&[&Segment]| row.iter().map(|segment| segment.dense()).sum::<f64>() >= least * (to - from);
        to - from > NARROW * side[0].size && rows.iter().filter(dense).count() * 3 >= rows.len() * 2
    })
}

/// Reads a band row by row, each cut into cells where the columns part.
fn table(mut band: Vec<Segment>) -> Block {
    // Where columns begin: after what no segment covers, from left to right.
    band.sort_by(|a, b| a.left.total_cmp(&b.left));
    let (mut starts, mut reach) = (Vec::new(), f64::NEG_INFINITY);
    for segment in &band {
        if segment.left > reach {
            starts.push((segment.left, (segment.left - reach) / segment.size));
        }
        reach = reach.max(segment.right);
    }
    band.sort_by(|a, b| a.row.cmp(&b.row).then(a.left.total_cmp(&b.left)));
    starts.truncate(MOST_PLACES);
    let ends: Vec<f64> = starts.iter().skip(1).map(|start| start.0).chain([f64::INFINITY]).collect();
    let mut ends = ends.into_iter();
    starts.retain(|&(start, gap)| {
        let end = ends.next().unwrap_or(start);
        let mut own: Vec<usize> =
            band.iter().filter(|segment| (start..end).contains(&segment.left)).map(|segment| segment.row).collect();
        own.dedup();
        let own = own.len();
        gap.is_infinite() || (own > 1 && gap > GUTTER[usize::from(own < FEW_ROWS - 1)])
    });
    let rows = by_row(band).into_iter().map(|row| {
        let (base, size) = (row[0].base, row[0].size);
        let mut cells: Vec<Vec<Word>> = vec![Vec::new(); starts.len()];
        for mut segment in row {
            let column = starts.partition_point(|start| start.0 <= segment.left).max(1) - 1;
            cells[column].append(&mut segment.words);
        }
        Row { base, size, cells }
    });
    let lines = unwrapped(rows.collect()).into_iter().map(|mut cells| {
        let last = cells.iter().rposition(|cell| !cell.is_empty()).unwrap_or(0);
        cells.truncate(last + 1);
        line(cells)
    });
    Block { is_table: true, lines: lines.collect() }
}

/// What stands on one baseline of a table.
struct Row {
    base: f64,
    size: f64,
    cells: Vec<Vec<Word>>,
}

/// Joins the lines of cells that have several. Lines that would touch are of cells side by side, one of them centred; and
/// where rows have room between them, lines that have none go together if one of them does not begin in the first column.
fn unwrapped(rows: Vec<Row>) -> Vec<Vec<Vec<Word>>> {
    let distance = |a: &Row, b: &Row| (b.base - a.base) / a.size.max(b.size);
    let distances = || rows.windows(2).map(|pair| distance(&pair[0], &pair[1])).filter(|&distance| distance > TOUCHING);
    let tight = 1.1 * distances().fold(f64::INFINITY, f64::min);
    let spaced = distances().any(|distance| distance > 1.2 * tight);
    let goes_on: Vec<bool> = rows
        .windows(2)
        .map(|pair| {
            let distance = distance(&pair[0], &pair[1]);
            let begins_inside = pair.iter().any(|row| row.cells[0].is_empty());
            distance < TOUCHING || (spaced && distance < tight && pair[0].cells.len() > 2 && begins_inside)
        })
        .collect();
    let mut joined: Vec<Vec<Vec<Word>>> = Vec::new();
    for (row, goes_on) in rows.into_iter().zip(std::iter::once(false).chain(goes_on)) {
        match joined.last_mut().filter(|_| goes_on) {
            Some(last) => last.iter_mut().zip(row.cells).for_each(|(cell, mut more)| cell.append(&mut more)),
            None => joined.push(row.cells),
        }
    }
    joined
}

/// Reads one column: its lines, and the blocks that larger distances part them into.
fn paragraphs(region: Vec<Segment>) -> Vec<Block> {
    let rows = by_row(region);
    let mut distances: Vec<f64> = rows.windows(2).map(|pair| pair[1][0].base - pair[0][0].base).collect();
    distances.sort_by(f64::total_cmp);
    let usual = distances.get(distances.len() / 2).copied().unwrap_or(0.0);
    let mut blocks: Vec<Block> = Vec::new();
    let mut above: Option<f64> = None;
    for row in rows {
        let (base, size) = (row[0].base, row[0].size);
        let far = (PARTED * usual).max(1.3 * size).min(FAR * size);
        if above.is_none_or(|above| base - above > far) {
            blocks.push(Block::default());
        }
        above = Some(base);
        let words = row.into_iter().flat_map(|segment| segment.words).collect();
        if let Some(block) = blocks.last_mut() {
            block.lines.push(line(vec![words]));
        }
    }
    blocks
}

fn line(cells: Vec<Vec<Word>>) -> Line {
    let words = || cells.iter().flatten();
    let size = words().map(|word| word.size).fold(0.0, f64::max);
    let bounds = words().map(Word::bounds).reduce(|a, b| a.union(b)).unwrap_or(Rect::ZERO);
    Line { base: bounds.y1, size, cells }
}
