//! The sandbox: one module, compiled once; one fresh instance for every call, with its own fuel and
//! its own memory.
//!
//! What runs in here can compute and nothing else. It has no imports, so it cannot ask for time,
//! chance, files or the network, and nothing that it does leaves its memory until the host has
//! looked at it. The memory is wiped and given up after the call, so nothing is remembered either.
//! Neither floating point nor threads nor SIMD: the same octets give the same octets on every machine.

use core::fmt;

use wasmi::errors::{ErrorKind, InstantiationError, MemoryError, TableError};
use wasmi::{
    CompilationMode, Config, EnforcedLimits, Engine, Error, ExternType, Instance, Memory, Module,
    OperatorCost, Store, StoreLimits, StoreLimitsBuilder, TrapCode, WasmParams, WasmResults,
};
use zeroize::Zeroize;

use crate::limits;

/// Why a cipher gave no answer. No octet of a partial answer is ever kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CipherError {
    /// Its answer is not as long as it has to be.
    AnswerLength,
    /// It asked for more memory than the size of the input allows, or refused to give any.
    OutOfMemory,
    /// It took longer than the size of the input allows.
    OutOfTime,
    /// It says that the input is not its own: changed octets or another key.
    Refused,
    /// It points outside of its memory, or twice to the same place.
    Region,
    /// It stopped itself, left its memory, divided by zero, or called too deep.
    Trapped,
}

impl CipherError {
    /// Stable word for API, documents and translations.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AnswerLength => "cipher-answer-length",
            Self::OutOfMemory => "cipher-out-of-memory",
            Self::OutOfTime => "cipher-out-of-time",
            Self::Refused => "cipher-refused",
            Self::Region => "cipher-region",
            Self::Trapped => "cipher-trapped",
        }
    }
}

impl fmt::Display for CipherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnswerLength => "the experimental cipher's answer has a wrong length",
            Self::OutOfMemory => "the experimental cipher wants too much memory",
            Self::OutOfTime => "the experimental cipher takes too long",
            Self::Refused => "the experimental cipher refuses its input",
            Self::Region => "the experimental cipher points to places that are not its own",
            Self::Trapped => "the experimental cipher failed",
        })
    }
}

impl core::error::Error for CipherError {}

/// A module that was validated and compiled, and has not run yet.
#[derive(Debug, Clone)]
pub(crate) struct Sandbox {
    engine: Engine,
    module: Module,
}

impl Sandbox {
    /// Validates and compiles; `None` if this is no module for this sandbox. Nothing runs here.
    pub(crate) fn compile(octets: &[u8]) -> Option<Self> {
        let engine = Engine::new(&config());
        // `Module::new` validates too, but bit by bit: wasmi 2.0 divides by the number of functions
        // before it has seen that there are none. Invalid modules do not get that far. [EXP-018]
        Module::validate(&engine, octets).ok()?;
        let module = Module::new(&engine, octets).ok()?;
        Some(Self { engine, module })
    }

    /// Whether the module asks the host for anything.
    pub(crate) fn wants_imports(&self) -> bool {
        self.module.imports().len() != 0
    }

    /// Whether a memory of its own is exported under this name that begins no larger than a call
    /// has in any case.
    pub(crate) fn exports_memory(&self) -> bool {
        let pages_max = (limits::MEMORY_OCTETS_FIXED / PAGE_OCTETS) as u64;
        match self.module.get_export(MEMORY) {
            Some(ExternType::Memory(memory)) => memory.minimum() <= pages_max,
            _ => false,
        }
    }

    /// Whether a function of this name takes `parameters` 32-bit numbers and gives one of 32 bits,
    /// or of 64 if it gives a place.
    pub(crate) fn exports_function(&self, name: &str, parameters: usize, place: bool) -> bool {
        let Some(ExternType::Func(function)) = self.module.get_export(name) else { return false };
        let number = wasmi::ValType::I32;
        let result = if place { wasmi::ValType::I64 } else { number };
        function.params() == vec![number; parameters] && function.results() == [result]
    }

    /// Gives `body` a fresh instance for an input of so many octets, and wipes its memory afterwards.
    pub(crate) fn call<T>(
        &self,
        input_octets: usize,
        body: impl FnOnce(&mut Call) -> Result<T, CipherError>,
    ) -> Result<T, CipherError> {
        let mut store = Store::new(&self.engine, allowance(input_octets));
        store.limiter(|limits| limits);
        let fuel = limits::FUEL_FIXED + limits::FUEL_PER_OCTET * input_octets as u64;
        store.set_fuel(fuel).expect("the engine was told to count fuel");
        let instance = Instance::new(&mut store, &self.module, &[]).map_err(|e| reason(&e))?;
        let memory = instance.get_memory(&store, MEMORY).ok_or(CipherError::Trapped)?;
        let mut call = Call { store, instance, memory };
        let result = body(&mut call);
        call.memory.data_mut(&mut call.store).zeroize();
        result
    }
}

/// One instance while it lives.
pub(crate) struct Call {
    store: Store<StoreLimits>,
    instance: Instance,
    memory: Memory,
}

impl Call {
    /// Calls an exported function.
    pub(crate) fn function<P: WasmParams, R: WasmResults>(
        &mut self,
        name: &str,
        parameters: P,
    ) -> Result<R, CipherError> {
        let function = self.instance.get_typed_func::<P, R>(&self.store, name);
        let function = function.map_err(|_| CipherError::Trapped)?;
        function.call(&mut self.store, parameters).map_err(|error| reason(&error))
    }

    /// A region of the cipher's memory, if all of it is there. Pointers and lengths are the
    /// cipher's own words and believed for nothing else. [EXP-011]
    pub(crate) fn read(&self, start: u32, octets: usize) -> Result<&[u8], CipherError> {
        let start = start as usize;
        let region = start.checked_add(octets).map(|end| start..end);
        region
            .and_then(|region| self.memory.data(&self.store).get(region))
            .ok_or(CipherError::Region)
    }

    /// Writes into the cipher's memory, if there is room.
    pub(crate) fn write(&mut self, start: u32, octets: &[u8]) -> Result<(), CipherError> {
        self.read(start, octets.len())?;
        let start = start as usize;
        self.memory.data_mut(&mut self.store)[start..start + octets.len()].copy_from_slice(octets);
        Ok(())
    }
}

/// WebAssembly 1.0 without floating point, with two additions that every compiler uses and that
/// cost what they do: sign extension and bulk copies. [EXP-005]
fn config() -> Config {
    let calls = limits::FUEL_PER_CALL;
    let cost = OperatorCost { call: calls, call_indirect: calls, ..OperatorCost::default() };
    let mut config = Config::default();
    config
        .floats(false)
        .wasm_multi_value(false)
        .wasm_multi_memory(false)
        .wasm_saturating_float_to_int(false)
        .wasm_reference_types(false)
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .allow_start_fn(false)
        .ignore_custom_sections(true)
        .enforced_limits(EnforcedLimits::strict())
        .compilation_mode(CompilationMode::Eager)
        .consume_fuel(true)
        .operator_cost(cost)
        .set_max_recursion_depth(limits::RECURSION_DEPTH_MAX)
        .set_min_stack_height(STACK_OCTETS_FIRST)
        .set_max_stack_height(limits::STACK_OCTETS_MAX)
        // No stack is used twice: it may hold what a cipher computed.
        .set_max_cached_stacks(0);
    config
}

/// Memory in proportion to the input; to ask for more ends the call. [EXP-009]
fn allowance(input_octets: usize) -> StoreLimits {
    StoreLimitsBuilder::new()
        .memory_size(limits::MEMORY_OCTETS_FIXED + limits::MEMORY_OCTETS_PER_OCTET * input_octets)
        .table_elements(limits::TABLE_ELEMENTS_MAX)
        .instances(1)
        .memories(1)
        .tables(1)
        .trap_on_grow_failure(true)
        .build()
}

/// What ended a call. [EXP-008]
fn reason(error: &Error) -> CipherError {
    match (error.as_trap_code(), error.kind()) {
        (Some(TrapCode::OutOfFuel), _) => CipherError::OutOfTime,
        (Some(TrapCode::GrowthOperationLimited | TrapCode::OutOfSystemMemory), _) => {
            CipherError::OutOfMemory
        }
        (
            _,
            ErrorKind::Memory(
                MemoryError::OutOfSystemMemory | MemoryError::ResourceLimiterDeniedAllocation,
            ),
        ) => CipherError::OutOfMemory,
        (_, ErrorKind::Table(TableError::ResourceLimiterDeniedAllocation)) => {
            CipherError::OutOfMemory
        }
        (
            _,
            ErrorKind::Instantiation(
                InstantiationError::FailedToInstantiateMemory(_)
                | InstantiationError::FailedToInstantiateTable(_)
                | InstantiationError::TooManyMemories
                | InstantiationError::TooManyTables,
            ),
        ) => CipherError::OutOfMemory,
        _ => CipherError::Trapped,
    }
}

/// The name of the exported memory.
pub(crate) const MEMORY: &str = "memory";
/// Octets of a page (WebAssembly Core §4.2.8).
const PAGE_OCTETS: usize = 64 * 1024;
/// Octets of stack that a call begins with.
const STACK_OCTETS_FIRST: usize = 4 * 1024;
