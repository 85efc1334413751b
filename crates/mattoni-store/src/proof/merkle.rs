//! The tree of RFC 6962 (and 9162): leaves and nodes are hashed apart, and a tree of any size has
//! one shape. Written here because it is sixty lines and the kept crates bring a storage model.

use mattoni_core::Digest;

pub(super) fn leaf(data: &[u8]) -> Digest {
    Digest::of(&[&[0], data].concat())
}

fn node(left: &Digest, right: &Digest) -> Digest {
    Digest::of(&[&[1], left.as_bytes().as_slice(), right.as_bytes()].concat())
}

/// A tree that grows leaf by leaf in the memory of its right edge: the roots of its perfect
/// subtrees, the largest first, one for every bit of its size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Edge {
    size: u64,
    peaks: Vec<Digest>,
}

impl Edge {
    /// The edge of a tree of `size` leaves, if it can be one.
    pub(super) fn new(size: u64, peaks: Vec<Digest>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    pub(super) fn push(&mut self, leaf: Digest) {
        let mut root = leaf;
        // Every one at the end of the size is a perfect subtree as large as the one that grows.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                root = node(&left, &root);
            }
        }
        self.peaks.push(root);
        self.size += 1;
    }

    pub(super) fn peaks(&self) -> &[Digest] {
        &self.peaks
    }

    /// `None` of a tree without leaves.
    pub(super) fn root(&self) -> Option<Digest> {
        let mut peaks = self.peaks.iter().rev();
        let last = *peaks.next()?;
        Some(peaks.fold(last, |right, left| node(left, &right)))
    }
}

/// Collects the hashes beside the way from one leaf to the root, while leaves come by.
pub(super) struct Path {
    /// The leaf's place, from 0.
    target: u64,
    size: u64,
    /// The perfect subtrees so far, and whether the target is in them.
    peaks: Vec<(Digest, bool)>,
    path: Vec<Digest>,
}

impl Path {
    pub(super) fn to(target: u64) -> Self {
        Self { target, size: 0, peaks: Vec::new(), path: Vec::new() }
    }

    pub(super) fn push(&mut self, leaf: Digest) {
        let mut right = (leaf, self.size == self.target);
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                right = self.join(left, right);
            }
        }
        self.peaks.push(right);
        self.size += 1;
    }

    fn join(&mut self, left: (Digest, bool), right: (Digest, bool)) -> (Digest, bool) {
        if left.1 {
            self.path.push(right.0);
        } else if right.1 {
            self.path.push(left.0);
        }
        (node(&left.0, &right.0), left.1 || right.1)
    }

    /// The path, from the leaf upwards; `None` when the leaf never came by.
    pub(super) fn finish(mut self) -> Option<Vec<Digest>> {
        let mut right = self.peaks.pop()?;
        while let Some(left) = self.peaks.pop() {
            right = self.join(left, right);
        }
        right.1.then_some(self.path)
    }
}

/// The root that the leaf at place `index` (from 0) of `size` leads to along the path (RFC 9162,
/// 2.1.3.2); `None` when the path is of another length.
pub(super) fn climb(leaf: Digest, index: u64, size: u64, path: &[Digest]) -> Option<Digest> {
    if index >= size {
        return None;
    }
    let (mut at, mut last, mut root) = (index, size - 1, leaf);
    for beside in path {
        if last == 0 {
            return None;
        }
        if at & 1 == 1 || at == last {
            root = node(beside, &root);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            root = node(&root, beside);
        }
        at >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The leaves and roots with which implementations of Certificate Transparency are tested.
    const LEAVES: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn roots_are_those_of_certificate_transparency() {
        let mut edge = Edge::default();
        assert_eq!(edge.root(), None);
        for (data, root) in LEAVES.iter().zip(ROOTS) {
            edge.push(leaf(data));
            assert_eq!(edge.root().unwrap().to_string(), root);
        }
    }

    #[test]
    fn a_path_is_that_of_certificate_transparency() {
        let mut path = Path::to(0);
        LEAVES.iter().for_each(|data| path.push(leaf(data)));
        let path: Vec<String> = path.finish().unwrap().iter().map(Digest::to_string).collect();
        let expected = [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ];
        assert_eq!(path, expected);
    }

    #[test]
    fn every_leaf_of_every_tree_climbs_to_its_root_and_no_other_does() {
        let leaves: Vec<Digest> = (0..70_u8).map(|n| leaf(&[n])).collect();
        for size in 1..=leaves.len() {
            let mut edge = Edge::default();
            leaves[..size].iter().for_each(|leaf| edge.push(*leaf));
            let again = Edge::new(size as u64, edge.peaks().to_vec()).unwrap();
            assert_eq!(again, edge);
            for index in 0..size {
                let mut path = Path::to(index as u64);
                leaves[..size].iter().for_each(|leaf| path.push(*leaf));
                let path = path.finish().unwrap();
                let climb = |leaf, index: usize, path: &[Digest]| {
                    climb(leaf, index as u64, size as u64, path)
                };
                assert_eq!(climb(leaves[index], index, &path), edge.root());
                assert_ne!(climb(leaf(b"other"), index, &path), edge.root());
                assert_ne!(
                    climb(leaves[index], (index + 1) % size, &path),
                    edge.root().filter(|_| size > 1)
                );
                let longer = [path.as_slice(), &[Digest::ZERO]].concat();
                assert_eq!(climb(leaves[index], index, &longer), None);
                if let Some((_, shorter)) = path.split_last() {
                    assert_eq!(climb(leaves[index], index, shorter), None);
                }
            }
        }
        assert_eq!(Path::to(3).finish(), None);
        assert_eq!(Edge::new(3, vec![Digest::ZERO]), None);
    }
}
