//! The order of a module's functions: those that are alike beside each other.
//!
//! A compressor finds what was there before the better the nearer it is. In the order in which the linker leaves them the
//! console's functions take 2.4 % more brotli than in this one; how that was found is in `docs/decisions/0066`.

use anyhow::{Context, Result};
use std::ops::Range;
use wasm_encoder::{NameMap, NameSection, Section};
use wasmparser::{Parser, Payload, TypeRef};

/// The module with names by which `wasm-opt --reorder-functions-by-name` sorts its functions: by what they take and return, by
/// their local variables, by their length. A module with names already keeps them in vain.
pub(super) fn named(module: &[u8]) -> Result<Vec<u8>> {
    let (mut imported, mut types, mut bodies) = (0_u32, Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(functions) => {
                types = functions.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range()),
            _ => {}
        }
    }
    let alike = |(kind, body): &(u32, Range<usize>)| {
        let bytes = module.get(body.clone()).unwrap_or_default();
        (*kind, bytes.iter().take(4).copied().collect::<Vec<_>>(), bytes.len())
    };
    let mut order: Vec<(u32, (u32, Range<usize>))> = (imported..).zip(types.into_iter().zip(bodies)).collect();
    order.sort_by_cached_key(|(_, function)| alike(function));
    let mut names: Vec<(u32, usize)> = order.iter().enumerate().map(|(place, (index, _))| (*index, place)).collect();
    names.sort_unstable();
    let mut functions = NameMap::new();
    for (index, place) in names {
        functions.append(index, &format!("{place:08}"));
    }
    let mut section = NameSection::new();
    section.functions(&functions);
    let mut named = module.to_vec();
    section.append_to(&mut named);
    // What cannot be read back would only be noticed by a browser.
    wasmparser::validate(&named).context("the names have spoilt the module")?;
    Ok(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CodeSection, EntityType, Function, FunctionSection, ImportSection, Module, TypeSection, ValType,
    };

    /// The names of a module's functions, by their numbers.
    fn names(module: &[u8]) -> Vec<(u32, String)> {
        let mut found = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            let Payload::CustomSection(custom) = payload.unwrap() else { continue };
            let wasmparser::KnownCustom::Name(sections) = custom.as_known() else { continue };
            for section in sections {
                let wasmparser::Name::Function(map) = section.unwrap() else { continue };
                found.extend(map.into_iter().map(|naming| {
                    let naming = naming.unwrap();
                    (naming.index, naming.name.to_owned())
                }));
            }
        }
        found
    }

    #[test]
    fn functions_are_sorted_by_their_type_and_length_and_imports_keep_their_place() {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([ValType::I32], []);
        let mut imports = ImportSection::new();
        imports.import("host", "tell", EntityType::Function(0));
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        // The second type, long; the first, long; the first, short.
        for (kind, calls) in [(1, 3), (0, 2), (0, 1)] {
            functions.function(kind);
            let mut body = Function::new([]);
            (0..calls).for_each(|_| {
                body.instructions().call(0);
            });
            body.instructions().end();
            code.function(&body);
        }
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&code);
        let named = named(&module.finish()).unwrap();
        let expected = [(1, "00000002"), (2, "00000001"), (3, "00000000")];
        assert_eq!(names(&named), expected.map(|(index, name)| (index, name.to_owned())));
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(named(b"no module").is_err());
    }
}
