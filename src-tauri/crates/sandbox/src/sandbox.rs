//! What one running sandbox shares between its connections.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Instant;

use crate::clock::Clock;
use crate::contract::Keys;
use crate::failure::Failure;
use crate::faults::{Effect, Faults};
use crate::ledger::{CommitError, Ledger, State};
use crate::operations::{Operation, Run};
use crate::quotas::Quotas;
use crate::value::Value;
use crate::world::World;
use crate::world::action::{Action, Outcome};

pub(crate) struct Sandbox {
    /// Told apart from every other run, so that a reused port is not taken for this one.
    pub(crate) instance: String,
    state: RwLock<State>,
    clock: Clock,
    faults: Mutex<Faults>,
    quotas: Mutex<Quotas>,
    network_up: AtomicBool,
    keys: Mutex<Keys>,
    calls: Mutex<BTreeMap<&'static str, u64>>,
    requests: AtomicU64,
}

impl Sandbox {
    pub(crate) fn new(instance: String, state: State, clock: Clock) -> Self {
        Self {
            instance,
            state: RwLock::new(state),
            clock,
            faults: Mutex::default(),
            quotas: Mutex::default(),
            network_up: AtomicBool::new(true),
            keys: Mutex::default(),
            calls: Mutex::default(),
            requests: AtomicU64::new(0),
        }
    }

    /// Counts a call of an operation and gives back what is to go wrong with it.
    pub(crate) fn called(&self, operation: &'static str) -> Vec<Effect> {
        *lock(&self.calls).entry(operation).or_default() += 1;
        lock(&self.faults).hit(operation)
    }

    /// Carries out an operation on checked input.
    pub(crate) fn run(&self, operation: &Operation, input: &Value) -> Result<Value, Failure> {
        match operation.run {
            Run::Read(read) => self.look(|world, now| read(world, now, input)),
            Run::Act(act) => self.act(|ledger| act(ledger, input)),
        }
    }

    /// Looks at the world as it is now.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&World, i64) -> T) -> T {
        let (state, now) = self.read();
        if !state.world.has_due(now) {
            return look(&state.world, now);
        }
        drop(state);
        self.act(|ledger| look(ledger.world, ledger.now))
    }

    /// Acts on the world as it is now.
    pub(crate) fn act<T>(&self, act: impl FnOnce(&mut Ledger<'_>) -> T) -> T {
        let mut state = self.write();
        let now = self.clock.now(state.world.moved, state.world.settled);
        state.world.settle(now);
        act(&mut state.at(now))
    }

    pub(crate) fn commit(&self, action: &Action) -> Result<Outcome, CommitError> {
        self.act(|ledger| ledger.commit(action))
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    /// Whether one more call of an operation is within its quota.
    pub(crate) fn admits(&self, operation: &str) -> bool {
        lock(&self.quotas).admit(operation, Instant::now())
    }

    pub(crate) fn quotas(&self) -> MutexGuard<'_, Quotas> {
        lock(&self.quotas)
    }

    pub(crate) fn calls(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.calls).clone()
    }

    pub(crate) fn forget_calls(&self) {
        lock(&self.calls).clear();
    }

    pub(crate) fn network_up(&self) -> bool {
        self.network_up.load(Ordering::Acquire)
    }

    pub(crate) fn set_network(&self, up: bool) {
        self.network_up.store(up, Ordering::Release);
    }

    /// Whose signature is answered to.
    pub(crate) fn keys(&self) -> MutexGuard<'_, Keys> {
        lock(&self.keys)
    }

    /// The sandbox's time, in milliseconds since the epoch.
    pub(crate) fn now(&self) -> i64 {
        self.read().1
    }

    pub(crate) fn next_request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let salt = crate::chance::mix_bytes(number, self.instance.as_bytes());
        self.read().0.world.ids.uuid("request", number, salt)
    }

    fn read(&self) -> (RwLockReadGuard<'_, State>, i64) {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now(state.world.moved, state.world.settled);
        (state, now)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
