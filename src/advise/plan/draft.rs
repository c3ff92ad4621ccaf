//! A plan while it is being made: what all files say, and what each leak is to refer to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::facts::{Facts, ObjectRole};
use super::item::{Item, refused};
use super::keep::{self, Placed, Shelf};
use super::moves::Move;
use super::{Options, Refused};

/// One file that was read: what is in it, and the leaks that can be planned for.
#[derive(Debug)]
pub struct Sheet {
    /// What is in it.
    pub facts: Facts,
    /// Leaks that can be planned for.
    pub items: Vec<Item>,
    /// Those that can't.
    pub refused: Vec<Refused>,
}

/// What the files are to refer to. What becomes of that is seen when they are rewritten.
#[derive(Debug)]
pub struct Draft {
    /// What all files have in them.
    pub facts: Vec<Facts>,
    /// All leaks that can be planned for.
    pub items: Vec<Item>,
    /// For each of them the entry of a store.
    pub placed: Vec<Placed>,
    /// What the stores have to hold.
    pub shelves: Vec<Shelf>,
    /// Leaks that stay.
    pub refused: Vec<Refused>,
    /// Of those, the numbers of the ones that looked as if they could go.
    gone: BTreeSet<usize>,
}

impl Draft {
    /// Names the Secrets, and gives each leak its reference. `sheets` are in the order of their paths.
    pub fn new(sheets: Vec<Sheet>, options: &Options) -> Self {
        let (mut facts, mut items, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for sheet in sheets {
            facts.push(sheet.facts);
            items.extend(sheet.items);
            refused.extend(sheet.refused);
        }
        let (shelves, placed) = keep::shelves(&items, &facts, options);
        Self { facts, items, placed, shelves, refused, gone: BTreeSet::new() }
    }

    /// Leaves leaks as they are, by their numbers.
    pub fn refuse(&mut self, reasons: Vec<(usize, String)>) {
        for (number, reason) in reasons {
            if self.gone.insert(number) {
                self.refused.push(refused(&self.items[number].leak, reason));
            }
        }
    }

    /// The leaks that go.
    pub fn kept(&self) -> impl Iterator<Item = (&Item, &Placed)> {
        let both = self.items.iter().zip(&self.placed).enumerate();
        both.filter(|(number, _)| !self.gone.contains(number)).map(|(_, both)| both)
    }

    /// Files with something that reads one of these ConfigMaps.
    pub fn readers(&self, moves: &[Move]) -> Vec<&Path> {
        let reads = |facts: &&Facts| moves.iter().any(|one| facts.reads(one));
        self.facts.iter().filter(reads).map(|facts| facts.path.as_path()).collect()
    }

    /// Files that are to change, with the numbers of their leaks.
    pub fn to_change(&self, moves: &[Move]) -> Vec<(&Facts, Vec<usize>)> {
        let mut numbers = BTreeMap::<&Path, Vec<usize>>::new();
        for (number, item) in self.items.iter().enumerate().filter(|(number, _)| !self.gone.contains(number))
        {
            numbers.entry(&item.leak.path).or_default().push(number);
        }
        let mut files = Vec::new();
        for facts in &self.facts {
            let own = numbers.remove(facts.path.as_path()).unwrap_or_default();
            if !own.is_empty() || moves.iter().any(|one| facts.reads(one)) {
                files.push((facts, own));
            }
        }
        files
    }
}

impl Facts {
    /// Whether a pod of it reads the ConfigMap.
    fn reads(&self, one: &Move) -> bool {
        self.objects.iter().any(|object| match &object.role {
            ObjectRole::Workload(pods) => pods.config_maps.iter().any(|name| one.is_of(name)),
            _ => false,
        })
    }
}
