//! Chance from a seed.

use uuid::Uuid;

/// `SplitMix64` (Steele, Lea, Flood 2014): the same numbers for the same seed, on every machine.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// Begins at a number drawn from the seed, and not at a multiple of the increment: seeds in a row would all roll the same
    /// numbers, each one place further on.
    pub(super) fn new(seed: u64) -> Self {
        Self(Self(seed).roll())
    }

    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `sides - 1`.
    pub(super) fn below(&mut self, sides: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(sides.max(1)).unwrap()).unwrap()
    }

    pub(super) fn millis(&mut self, below: i64) -> i64 {
        i64::try_from(self.below(usize::try_from(below).unwrap())).unwrap()
    }

    pub(super) fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }

    pub(super) fn jitter(&mut self) -> u16 {
        u16::try_from(self.roll() % 65_536).unwrap()
    }

    pub(super) fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.roll(), self.roll())
    }

    pub(super) fn pick<T: Copy>(&mut self, among: &[T]) -> Option<T> {
        let place = self.below(among.len());
        among.get(place).copied()
    }

    /// Some of these, at least one if there is any, in any order.
    pub(super) fn some<T>(&mut self, mut among: Vec<T>) -> Vec<T> {
        if among.is_empty() {
            return among;
        }
        for place in (1..among.len()).rev() {
            let other = self.below(place + 1);
            among.swap(place, other);
        }
        let count = 1 + self.below(among.len());
        among.truncate(count);
        among
    }
}

#[test]
fn seeds_in_a_row_roll_numbers_of_their_own() {
    let rolls = |seed| {
        let mut dice = Dice::new(seed);
        Vec::from_iter((0..200).map(|_| dice.roll()))
    };
    let mut all: Vec<u64> = (1..=50).flat_map(rolls).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 50 * 200);
}
