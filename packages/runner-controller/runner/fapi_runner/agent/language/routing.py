"""Which server answers what, and what an editor is told that both of them can do."""

from __future__ import annotations

from fapi_runner.protocol import Json

# By the type checker, with the capability that says so.
TO_TY = {
    "textDocument/completion": "completionProvider",
    "completionItem/resolve": "completionProvider",
    "textDocument/hover": "hoverProvider",
    "textDocument/signatureHelp": "signatureHelpProvider",
    "textDocument/declaration": "declarationProvider",
    "textDocument/definition": "definitionProvider",
    "textDocument/typeDefinition": "typeDefinitionProvider",
    "textDocument/implementation": "implementationProvider",
    "textDocument/references": "referencesProvider",
    "textDocument/documentHighlight": "documentHighlightProvider",
    "textDocument/documentSymbol": "documentSymbolProvider",
    "textDocument/prepareRename": "renameProvider",
    "textDocument/rename": "renameProvider",
    "textDocument/selectionRange": "selectionRangeProvider",
    "textDocument/foldingRange": "foldingRangeProvider",
    "textDocument/inlayHint": "inlayHintProvider",
    "textDocument/semanticTokens/full": "semanticTokensProvider",
    "textDocument/semanticTokens/range": "semanticTokensProvider",
    "workspace/symbol": "workspaceSymbolProvider",
}
TO_RUFF = {
    "textDocument/formatting": "documentFormattingProvider",
    "textDocument/rangeFormatting": "documentRangeFormattingProvider",
}
# By both, each with its own.
ACTIONS, RESOLVE_ACTION = "textDocument/codeAction", "codeAction/resolve"
RENAME, PREPARE_RENAME = "textDocument/rename", "textDocument/prepareRename"
# What a move of files makes of the imports of others; what it is for is said with the capability of the workspace.
RENAME_FILES = "workspace/willRenameFiles"
BY_TY = {*TO_TY, RENAME_FILES}
READ_FILE, CHANGE_FILES = "fapi/readFile", "fapi/didChangeFiles"
OPEN, CHANGE, SAVE, CLOSE = (f"textDocument/did{act}" for act in ("Open", "Change", "Save", "Close"))
INCREMENTAL = 2


def merge_capabilities(ty: Json, ruff: Json) -> Json:
    """Return the answer to an editor's `initialize`, from what the servers said to ours; an absent one said nothing."""
    told: Json = {"positionEncoding": "utf-16", "textDocumentSync": {"openClose": True, "change": INCREMENTAL}}
    for said, methods in ((ty, TO_TY), (ruff, TO_RUFF)):
        told |= {name: said[name] for name in methods.values() if name in said}
    workspace = ty.get("workspace")
    if isinstance(workspace, dict) and "fileOperations" in workspace:
        told["workspace"] = {"fileOperations": workspace["fileOperations"]}
    kinds: list[str] = []
    for said in (ty, ruff):
        offered = said.get("codeActionProvider")
        if isinstance(offered, dict):
            kinds += [
                kind for kind in offered.get("codeActionKinds", []) if "notebook" not in kind and kind not in kinds
            ]
    if kinds:
        told["codeActionProvider"] = {"codeActionKinds": kinds, "resolveProvider": True}
    return {"capabilities": told, "serverInfo": {"name": "fapi"}}
