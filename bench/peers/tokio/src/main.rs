//! tokio on one thread: tokio-echo TARGET [echo|requests]
//!
//! A task for each connection. They read into one buffer, so that an idle connection holds none, and only what a write
//! leaves over is copied.
use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpSocket, UnixListener};

const REQUEST: usize = 64;
const BACKLOG: u32 = 4096;
const ROOM: usize = 256 * 1024;

thread_local! {
    static SHARED: RefCell<Vec<u8>> = RefCell::new(vec![0; ROOM]);
}

enum Step {
    Answered,
    Ended,
    Left(Vec<u8>),
}

/// Reads what is there and answers it, as far as the system takes it at once.
fn answer(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    requests: bool,
    task: &mut Context<'_>,
) -> Poll<io::Result<Step>> {
    SHARED.with_borrow_mut(|room| {
        let mut read = ReadBuf::new(room);
        ready!(Pin::new(&mut *stream).poll_read(task, &mut read))?;
        let bytes = read.filled();
        if bytes.is_empty() {
            return Poll::Ready(Ok(Step::Ended));
        }
        let step = if requests { REQUEST } else { bytes.len() };
        let mut from = 0;
        while from < bytes.len() {
            let to = bytes.len().min(from + step);
            match Pin::new(&mut *stream).poll_write(task, &bytes[from..to])? {
                Poll::Ready(taken) => from += taken,
                Poll::Pending => return Poll::Ready(Ok(Step::Left(bytes[from..].to_vec()))),
            }
        }
        Poll::Ready(Ok(Step::Answered))
    })
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, requests: bool) -> io::Result<()> {
    loop {
        match poll_fn(|task| answer(&mut stream, requests, task)).await? {
            Step::Answered => {}
            Step::Ended => return Ok(()),
            Step::Left(bytes) => stream.write_all(&bytes).await?,
        }
    }
}

async fn listen(target: &str, requests: bool) -> io::Result<()> {
    if target.contains('/') {
        let listener = UnixListener::bind(target)?;
        println!("listening on {target}");
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(serve(stream, requests));
        }
    }
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(format!("127.0.0.1:{target}").parse().map_err(io::Error::other)?)?;
    let listener = socket.listen(BACKLOG)?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve(stream, requests));
    }
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let requests = arguments.get(2).is_some_and(|mode| mode == "requests");
    let target = arguments.get(1).ok_or_else(|| io::Error::other("usage: tokio-echo TARGET [echo|requests]"))?;
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(listen(target, requests))
}
