//! The tree of RFC 6962 (and 9162): leaves and nodes are hashed apart, and a tree of any size has
//! one shape. Written here because it is forty lines, and the maintained crates bring a storage
//! model.

use mattoni_core::Digest;

pub(super) fn leaf(data: &[u8]) -> Digest {
    Digest::of(&[&[0], data].concat())
}

fn node(left: &Digest, right: &Digest) -> Digest {
    Digest::of(&[&[1], left.as_bytes().as_slice(), right.as_bytes()].concat())
}

/// The right edge of a tree, which is all that is needed to add leaves: the roots of its perfect
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
        // Each trailing 1 bit of the size stands for a complete subtree that is merged with the new
        // one of the same size.
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

fn root_of(leaves: &[Digest]) -> Option<Digest> {
    let mut edge = Edge::default();
    leaves.iter().for_each(|leaf| edge.push(*leaf));
    edge.root()
}

/// The hashes that the leaf at `index` is joined with on its way to the root, the nearest first,
/// and the root; `None` where there is no such leaf (RFC 9162, 2.1.3.1).
pub(super) fn path(leaves: &[Digest], index: usize) -> Option<(Vec<Digest>, Digest)> {
    let root = root_of(leaves)?;
    leaves.get(index)?;
    let (mut rest, mut index, mut far_first) = (leaves, index, Vec::new());
    while rest.len() > 1 {
        // The greatest power of two below the number of leaves.
        let middle = rest.len().next_power_of_two() / 2;
        let (left, right) = rest.split_at(middle);
        let (towards, other) = if index < middle { (left, right) } else { (right, left) };
        far_first.push(root_of(other)?);
        index = if index < middle { index } else { index - middle };
        rest = towards;
    }
    far_first.reverse();
    Some((far_first, root))
}

/// Whether `path` leads from the `leaf` at index `at.0` of a tree of `at.1` leaves to `root`
/// (RFC 9162, 2.1.3.2).
pub(super) fn leads_to(root: Digest, leaf: Digest, at: (u64, u64), path: &[Digest]) -> bool {
    let (mut index, size) = at;
    if index >= size {
        return false;
    }
    let (mut last, mut reached) = (size - 1, leaf);
    for other in path {
        if last == 0 {
            return false;
        }
        if index % 2 == 1 || index == last {
            reached = node(other, &reached);
            while index.is_multiple_of(2) && index != 0 {
                (index, last) = (index / 2, last / 2);
            }
        } else {
            reached = node(&reached, other);
        }
        (index, last) = (index / 2, last / 2);
    }
    last == 0 && reached == root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaf_of_every_tree_has_its_path_and_no_other() {
        let leaves: Vec<Digest> = (0..40_u8).map(|n| leaf(&[n])).collect();
        for size in 1..=leaves.len() {
            let leaves = &leaves[..size];
            for (index, mine) in leaves.iter().enumerate() {
                let Some((path, root)) = path(leaves, index) else { panic!("no path") };
                let at = |index: usize| (index as u64, size as u64);
                assert!(leads_to(root, *mine, at(index), &path), "{index} of {size}");
                assert!(!leads_to(root, leaf(b"other"), at(index), &path));
                assert!(!leads_to(leaf(b"other"), *mine, at(index), &path));
                assert!(!leads_to(root, *mine, at(size), &path));
                let more: Vec<Digest> = path.iter().copied().chain([root]).collect();
                assert!(!leads_to(root, *mine, at(index), &more));
                for other in (0..size).filter(|other| *other != index) {
                    assert!(!leads_to(root, *mine, at(other), &path), "{other} of {size}");
                }
            }
            assert_eq!(path(leaves, size), None);
        }
    }

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
    fn an_edge_goes_on_from_its_peaks() {
        let mut edge = Edge::default();
        for n in 0..70_u8 {
            let again = Edge::new(u64::from(n), edge.peaks().to_vec()).unwrap();
            assert_eq!(again, edge);
            edge.push(leaf(&[n]));
        }
        assert_eq!(Edge::new(3, vec![Digest::ZERO]), None);
    }
}
