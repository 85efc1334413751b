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
