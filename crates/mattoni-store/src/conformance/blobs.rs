//! What a place for blobs promises.

use std::pin::Pin;

use mattoni_core::Digest;

use super::{all, at, code, ente, works};
use crate::{Blobs, ErrorKind, MAX_BLOB};

pub(super) async fn are_given_by_digest(store: &impl Blobs) {
    let bytes = vec![7; 100_000];
    let digest = works(store.put(&ente(), bytes.clone()).await);
    assert_eq!(digest, Digest::of(&bytes));
    assert_eq!(works(store.put(&ente(), bytes.clone()).await), digest, "twice is once");
    assert_eq!(works(store.get(&ente(), digest).await), Some(bytes));
    assert_eq!(works(store.get(&ente(), Digest::ZERO).await), None);
    let empty = works(store.put(&ente(), Vec::new()).await);
    assert_eq!(works(store.get(&ente(), empty).await), Some(Vec::new()));
    let huge = store.put(&ente(), vec![0; MAX_BLOB + 1]).await.expect_err("it is too much");
    assert_eq!(huge.kind(), ErrorKind::TooLarge);
}

pub(super) async fn are_listed_by_digest(store: &impl Blobs) {
    let mut put = Vec::new();
    for n in 0..25_u8 {
        put.push((works(store.put(&ente(), vec![n; usize::from(n)]).await), u64::from(n)));
    }
    put.sort_unstable();
    for (digest, _) in put.iter().step_by(3) {
        assert!(works(store.set_aside(&ente(), *digest, at(1)).await));
    }
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = works(store.blobs(&ente(), after, 4).await);
        assert!(page.len() <= 4, "a page is no longer than asked for");
        let Some(last) = page.last() else { break };
        after = Some(last.digest);
        seen.extend(page);
    }
    let listed: Vec<_> = seen.iter().map(|blob| (blob.digest, blob.bytes)).collect();
    assert_eq!(listed, put, "every blob once, by digest");
    for (n, blob) in seen.iter().enumerate() {
        let since = (n % 3 == 0).then(|| at(1));
        assert_eq!(blob.aside_since, since, "and whether it is aside");
    }
}

pub(super) async fn are_looked_up(store: &impl Blobs) {
    let mut put = Vec::new();
    for n in 1..9_u8 {
        put.push(works(store.put(&ente(), vec![n; usize::from(n)]).await));
    }
    assert!(works(store.set_aside(&ente(), put[2], at(1)).await));
    assert!(works(store.forget(&ente(), put[5]).await));
    let asked = [put[2], put[5], put[7], Digest::ZERO, put[2]];
    let there = works(store.stored_blobs(&ente(), &asked).await);
    let listed = works(store.blobs(&ente(), None, 99).await);
    let expected: Vec<_> = listed.into_iter().filter(|blob| asked.contains(&blob.digest)).collect();
    assert_eq!(there, expected, "each once, as it is listed");
    assert_eq!(there.len(), 2);
    assert_eq!(works(store.stored_blobs(&ente(), &[]).await), []);
}

pub(super) async fn are_forgotten_at_once(store: &impl Blobs) {
    let digest = works(store.put(&ente(), b"erased".to_vec()).await);
    let aside = works(store.put(&ente(), b"aside".to_vec()).await);
    assert!(works(store.set_aside(&ente(), aside, at(1)).await));
    for digest in [digest, aside] {
        assert!(works(store.forget(&ente(), digest).await), "what is there is removed");
        assert!(!works(store.forget(&ente(), digest).await), "once");
        assert_eq!(works(store.get(&ente(), digest).await), None);
    }
    assert!(works(store.blobs(&ente(), None, 9).await).is_empty());
}

pub(super) async fn leave_in_two_steps(store: &impl Blobs) {
    let digest = works(store.put(&ente(), b"paper".to_vec()).await);
    assert!(!works(store.discard(&ente(), digest, at(99)).await), "it is not aside");
    assert!(!works(store.take_back(&ente(), digest).await));
    assert!(works(store.set_aside(&ente(), digest, at(10)).await));
    assert!(!works(store.set_aside(&ente(), digest, at(20)).await), "it is aside already");
    assert_eq!(works(store.get(&ente(), digest).await).as_deref(), Some(&b"paper"[..]));

    assert!(!works(store.discard(&ente(), digest, at(9)).await), "not for long enough");
    assert!(works(store.discard(&ente(), digest, at(10)).await));
    assert!(!works(store.discard(&ente(), digest, at(10)).await), "once");
    assert_eq!(works(store.get(&ente(), digest).await), None);
    assert!(works(store.blobs(&ente(), None, 9).await).is_empty());
    assert!(!works(store.set_aside(&ente(), digest, at(30)).await), "it is not there");
    assert!(!works(store.take_back(&ente(), digest).await));
}

pub(super) async fn come_back_when_put_again(store: &impl Blobs) {
    let paper = || b"paper".to_vec();
    let digest = works(store.put(&ente(), paper()).await);
    assert!(works(store.set_aside(&ente(), digest, at(10)).await));
    works(store.put(&ente(), paper()).await);
    assert!(!works(store.discard(&ente(), digest, at(99)).await), "it was put again");
    assert_eq!(works(store.get(&ente(), digest).await), Some(paper()));
    assert_eq!(works(store.blobs(&ente(), None, 9).await)[0].aside_since, None);

    assert!(works(store.set_aside(&ente(), digest, at(20)).await));
    assert!(works(store.take_back(&ente(), digest).await));
    assert!(!works(store.take_back(&ente(), digest).await));
    assert!(!works(store.discard(&ente(), digest, at(99)).await), "it was taken back");
    assert_eq!(works(store.get(&ente(), digest).await), Some(paper()));

    // Put again between two collections: the period of grace begins again.
    assert!(works(store.set_aside(&ente(), digest, at(30)).await));
    works(store.put(&ente(), paper()).await);
    assert!(works(store.set_aside(&ente(), digest, at(40)).await));
    assert!(!works(store.discard(&ente(), digest, at(35)).await));
    assert_eq!(works(store.get(&ente(), digest).await), Some(paper()));
    assert!(works(store.discard(&ente(), digest, at(40)).await));
    assert_eq!(works(store.get(&ente(), digest).await), None);
}

pub(super) async fn never_cross_entes(store: &impl Blobs) {
    let (here, there) = (code("c_a001"), code("c_b002"));
    let digest = works(store.put(&here, b"paper".to_vec()).await);
    assert_eq!(works(store.get(&there, digest).await), None);
    assert!(works(store.blobs(&there, None, 9).await).is_empty());
    assert!(!works(store.set_aside(&there, digest, at(0)).await));
    works(store.put(&there, b"paper".to_vec()).await);
    assert!(works(store.set_aside(&here, digest, at(0)).await));
    assert!(!works(store.take_back(&there, digest).await));
    assert!(!works(store.discard(&there, digest, at(9)).await));
    assert!(works(store.discard(&here, digest, at(9)).await));
    assert!(works(store.get(&there, digest).await).is_some());
}

/// Whoever puts bytes and is told yes finds them for as long as nothing put aside since then is
/// discarded, whatever a collector does in the same instant.
pub(super) async fn survive_whoever_collects(store: &impl Blobs) {
    type Running<'a> = Pin<Box<dyn Future<Output = Option<Digest>> + 'a>>;
    let paper = |n: u8| vec![n; 3];
    for round in 0..8_i64 {
        let (now, cutoff) = (at(round * 100), at(round * 100 - 50));
        let mut running: Vec<Running<'_>> = Vec::new();
        for n in 0..8 {
            running.push(Box::pin(async move { Some(works(store.put(&ente(), paper(n)).await)) }));
            running.push(Box::pin(async move {
                let digest = Digest::of(&paper(n));
                works(store.discard(&ente(), digest, cutoff).await);
                works(store.set_aside(&ente(), digest, now).await);
                None
            }));
        }
        for digest in all(running).await.into_iter().flatten() {
            let there = works(store.get(&ente(), digest).await);
            assert!(there.is_some(), "{digest} was put and is gone in round {round}");
        }
    }
}
