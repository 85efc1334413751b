//! Attachments in an S3-compatible store: against a server that speaks the protocol.

use std::net::SocketAddr;

use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::Builder;
use mattoni_store::object::S3;
use mattoni_store::{Blobs, Memory, ObjectBlobs, Vault, WithBlobs, conformance};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::sealed_blobs::stands_in;
use crate::support::ente;

/// A server whose buckets are the folders of `dir`.
async fn serve(dir: &TempDir) -> SocketAddr {
    let mut service = S3ServiceBuilder::new(FileSystem::new(dir.path()).unwrap());
    service.set_auth(SimpleAuth::from_single("mattoni", "a secret"));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let http = Builder::new(hyper_util::rt::TokioExecutor::new());
        while let Ok((wire, _)) = listener.accept().await {
            let served = http.serve_connection(TokioIo::new(wire), service.clone()).into_owned();
            tokio::spawn(served);
        }
    });
    address
}

fn bucket(dir: &TempDir, server: SocketAddr, name: &str, secret: &str) -> ObjectBlobs {
    std::fs::create_dir_all(dir.path().join(name)).unwrap();
    let settings = S3::new(name, "eu-south-1")
        .with_endpoint(format!("http://{server}"))
        .with_key("mattoni", secret);
    ObjectBlobs::s3(&settings).unwrap()
}

#[tokio::test]
async fn a_bucket_holds_every_promise() {
    let dir = TempDir::new().unwrap();
    let server = serve(&dir).await;
    let n = std::cell::Cell::new(0);
    conformance::run_blobs(async || {
        n.set(n.get() + 1);
        bucket(&dir, server, &format!("bucket-{}", n.get()), "a secret")
    })
    .await;
}

#[tokio::test]
async fn a_wrong_key_is_an_error_and_nothing_is_kept() {
    let dir = TempDir::new().unwrap();
    let server = serve(&dir).await;
    let stranger = bucket(&dir, server, "bucket", "another");
    stranger.put(&ente(), b"certificato".to_vec()).await.unwrap_err();
    let ours = bucket(&dir, server, "bucket", "a secret");
    assert!(ours.blobs(&ente(), None, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_bucket_behind_a_vault_holds_every_promise_and_noise() {
    let dir = TempDir::new().unwrap();
    let server = serve(&dir).await;
    let n = std::cell::Cell::new(0);
    let make = async || {
        n.set(n.get() + 1);
        let blobs = bucket(&dir, server, &format!("bucket-{}", n.get()), "a secret");
        let store = WithBlobs::new(Memory::new(), blobs);
        Vault::open(store, crate::vault::personal(), crate::vault::ring(1)).await.unwrap()
    };
    conformance::run_blobs(make).await;
    let paper = b"certificato di residenza".to_vec();
    let store = make().await;
    let digest = store.put(&ente(), paper.clone()).await.unwrap();
    assert_eq!(store.get(&ente(), digest).await.unwrap().as_ref(), Some(&paper));
    assert!(stands_in(dir.path(), b"mattoni.blob.v1\n") && !stands_in(dir.path(), &paper));
}
