//! Keeps parts running: starts them, names and restarts one that dies, stops them in the reverse of
//! the order in which they were started.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::process::Child;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::data::Data;
use crate::error::Error;
use crate::part::Part;

/// A part that dies is started again after this delay.
const RESTART_DELAY: Duration = Duration::from_secs(1);
/// A part that dies more often than this within `DEATHS_WINDOW` is left down; all others go on.
const DEATHS_MAX: usize = 5;
const DEATHS_WINDOW: Duration = Duration::from_secs(60);

/// The running parts. Call `stop_all` before dropping it, or they are killed without a warning.
#[derive(Debug)]
pub(crate) struct Supervisor {
    data: Arc<Data>,
    /// Parts start beside one another, on one thread.
    running: RefCell<Vec<Running>>,
}

#[derive(Debug)]
struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Supervisor {
    /// A supervisor without parts.
    pub(crate) const fn new(data: Arc<Data>) -> Self {
        Self { data, running: RefCell::new(Vec::new()) }
    }

    /// Starts `part`, waits until it is ready, and keeps it running until `stop_all`.
    ///
    /// # Errors
    /// `EndedEarly` or `NotReady`: a part that fails at its first start is not tried again.
    pub(crate) async fn start(&self, part: Part) -> Result<(), Error> {
        let (stop, stop_requested) = oneshot::channel();
        let (started, first_start) = oneshot::channel();
        let keeper = Keeper {
            part,
            data: Arc::clone(&self.data),
            started: Some(started),
            deaths: VecDeque::new(),
        };
        let task = tokio::spawn(keeper.keep(stop_requested));
        self.running.borrow_mut().push(Running { stop, task });
        // The keeper drops `started` unused only when it is itself being stopped.
        first_start.await.unwrap_or(Ok(()))
    }

    /// Stops the parts, the last started first, and returns when all have ended.
    pub(crate) async fn stop_all(self) {
        for Running { stop, task } in self.running.into_inner().into_iter().rev() {
            // A keeper that has given up its part listens no more, and has ended it.
            let _ = stop.send(());
            if let Err(error) = task.await {
                eprintln!("up: {error}");
            }
        }
    }
}

/// The task that owns one part's process.
#[derive(Debug)]
struct Keeper {
    part: Part,
    data: Arc<Data>,
    /// Taken when the outcome of the first start is known.
    started: Option<oneshot::Sender<Result<(), Error>>>,
    deaths: VecDeque<Instant>,
}

impl Keeper {
    async fn keep(mut self, mut stop: oneshot::Receiver<()>) {
        loop {
            let mut child = match self.part.spawn(&self.data) {
                Ok(child) => child,
                Err(error) => return self.give_up(error),
            };
            let ended = tokio::select! {
                ended = self.watch(&mut child) => Some(ended),
                _ = &mut stop => None,
            };
            let Some(ended) = ended else {
                self.part.stop(&mut child).await;
                return self.part.forget_pid(&self.data);
            };
            if let Err(error) = self.mourn(ended) {
                return self.give_up(error);
            }
            tokio::select! {
                () = sleep(RESTART_DELAY) => {}
                _ = &mut stop => return,
            }
        }
    }

    /// Returns when the process has ended: by itself, or killed because it did not become ready.
    async fn watch(&mut self, child: &mut Child) -> Result<ExitStatus, Error> {
        let began = Instant::now();
        let name = self.part.name.clone();
        let waited = |error| Error::Io { action: format!("cannot wait for {name}"), source: error };
        tokio::select! {
            ended = child.wait() => return ended.map_err(waited),
            listening = self.part.listening(&self.data) => if let Err(error) = listening {
                self.part.stop(child).await;
                return Err(error);
            },
        }
        match self.started.take() {
            // Nobody listens when the start was interrupted; the stop signal follows.
            Some(started) => drop(started.send(Ok(()))),
            None => println!("ready  {name} again, {:.1} s", began.elapsed().as_secs_f32()),
        }
        child.wait().await.map_err(waited)
    }

    /// Reports a death; an error means that the part is not to be started again.
    fn mourn(&mut self, ended: Result<ExitStatus, Error>) -> Result<(), Error> {
        let part = self.part.name.clone();
        let log = self.data.log_tail(&part);
        if self.started.is_some() {
            return Err(match ended {
                Ok(status) => Error::EndedEarly { part, status, log },
                Err(error) => error,
            });
        }
        match ended {
            Ok(status) => println!("died   {part} ({status}); its last log lines:\n{log}"),
            Err(error) => println!("died   {error}"),
        }
        let now = Instant::now();
        self.deaths.push_back(now);
        self.deaths.retain(|death| now.duration_since(*death) < DEATHS_WINDOW);
        if self.deaths.len() > DEATHS_MAX {
            return Err(Error::LeftDown { part, deaths_max: DEATHS_MAX });
        }
        println!("up: starting {part} again in {} s", RESTART_DELAY.as_secs());
        Ok(())
    }

    /// Its pid file stays: `up status` names what is down by it.
    fn give_up(mut self, error: Error) {
        match self.started.take() {
            Some(started) => drop(started.send(Err(error))),
            None => eprintln!("up: {error}"),
        }
    }
}
