//! How much a plugin may use.

/// What a plugin may use, and how rows are dealt out. The defaults fit a town's rules with room
/// to spare.
///
/// Those on a component, from [`component`](Self::component) to [`function`](Self::function), are
/// checked before it is compiled, so that compiling takes no longer than they say: a rule in Rust
/// has one instance, some 5 kB of structure, some 200 entries and 60 kB of code; Python's has 107
/// instances, 100 kB, 20,000 entries and 7 MB, with one function of 430 kB.
///
/// Work is limited by fuel (one unit an instruction, near enough), not by time: fuel runs out at
/// the same instruction on every machine and every run, so an answer never depends on how busy
/// the host was.
///
/// ```
/// use mattoni_rules::Limits;
///
/// let strict = Limits::default().with_fuel_per_row(2_000).with_memory(16 << 20);
/// assert_eq!(strict.memory, 16 << 20);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Fuel a batch has whatever its rows; also what describing has.
    pub fuel_per_batch: u64,
    /// Fuel a batch has for each row.
    pub fuel_per_row: u64,
    /// Bytes of memory of one instance.
    pub memory: usize,
    /// Core modules in one component: one or a few for a compiled rule, dozens for Python's.
    pub modules: u32,
    /// Elements in the tables of one instance.
    pub table_elements: usize,
    /// Bytes of stack.
    pub stack: usize,
    /// Bytes the host takes over from one answer.
    pub answer: usize,
    /// Bytes of a component.
    pub component: usize,
    /// Instances a component makes of modules and components, with those that its parts make each
    /// time they are instantiated.
    pub instances: u64,
    /// Bytes of a component around its modules, every part written out as often as it is
    /// instantiated.
    pub structure: u64,
    /// Entries of all modules: functions, types, imports, exports, globals, segments of data.
    pub entries: u64,
    /// Bytes of code in all modules: what is compiled.
    pub code: u64,
    /// Bytes of one function: what compiling takes grows faster than it.
    pub function: u64,
    /// Rows in one call. Each call has a fresh instance, so nothing passes from one to the next.
    pub rows_per_batch: usize,
    /// Bytes of an instance's memory that stay with its place between calls, written back to what
    /// the component says; what is beyond is given back to the system and costs page faults.
    pub resident: usize,
    /// Calls at the same time, over all plugins of a host; also the cap on threads for one batch.
    pub concurrent_calls: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel_per_batch: 10_000_000,
            fuel_per_row: 10_000,
            memory: 64 << 20,
            modules: 4,
            table_elements: 10_000,
            stack: 512 << 10,
            answer: 64 << 20,
            component: 32 << 20,
            instances: 64,
            structure: 64 << 10,
            entries: 10_000,
            code: 2 << 20,
            function: 128 << 10,
            rows_per_batch: 8_192,
            resident: 8 << 20,
            concurrent_calls: 32,
        }
    }
}

impl Limits {
    /// Room for rules in JavaScript and Python, which bring their interpreter along: larger
    /// components and memories, and fuel for the hundred instructions behind each of the author's.
    /// Compiled rules run in it as in the default.
    #[must_use]
    pub fn for_interpreters() -> Self {
        Self {
            fuel_per_batch: 1_000_000_000,
            fuel_per_row: 1_000_000,
            memory: 256 << 20,
            modules: 64,
            table_elements: 50_000,
            stack: 1 << 20,
            component: 64 << 20,
            instances: 512,
            structure: 512 << 10,
            entries: 60_000,
            code: 16 << 20,
            function: 1 << 20,
            concurrent_calls: 8,
            ..Self::default()
        }
    }

    /// With this much fuel a batch, whatever its rows.
    #[must_use]
    pub fn with_fuel_per_batch(mut self, fuel: u64) -> Self {
        self.fuel_per_batch = fuel;
        self
    }

    /// With this much fuel for each row.
    #[must_use]
    pub fn with_fuel_per_row(mut self, fuel: u64) -> Self {
        self.fuel_per_row = fuel;
        self
    }

    /// With this many bytes of memory for each instance.
    #[must_use]
    pub fn with_memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// With this many bytes of stack.
    #[must_use]
    pub fn with_stack(mut self, bytes: usize) -> Self {
        self.stack = bytes;
        self
    }

    /// With this many bytes for each answer.
    #[must_use]
    pub fn with_answer(mut self, bytes: usize) -> Self {
        self.answer = bytes;
        self
    }

    /// With this many bytes for each component.
    #[must_use]
    pub fn with_component(mut self, bytes: usize) -> Self {
        self.component = bytes;
        self
    }

    /// With this many rows in one call, at least one.
    #[must_use]
    pub fn with_rows_per_batch(mut self, rows: usize) -> Self {
        self.rows_per_batch = rows.clamp(1, u32::MAX as usize);
        self
    }

    /// With this many bytes of each instance's memory kept between calls: 0 on machines with
    /// little memory.
    #[must_use]
    pub fn with_resident(mut self, bytes: usize) -> Self {
        self.resident = bytes;
        self
    }

    /// With this many calls at the same time, at least one.
    #[must_use]
    pub fn with_concurrent_calls(mut self, calls: u32) -> Self {
        self.concurrent_calls = calls.max(1);
        self
    }

    pub(crate) fn fuel(&self, rows: usize) -> u64 {
        self.fuel_per_batch.saturating_add(self.fuel_per_row.saturating_mul(rows as u64))
    }
}
