import type { AppFile } from '@fapi/sdk/contract';
import type { Position } from './ty.ts';

const models = 'from pydantic import BaseModel\n\n\nclass Harbour(BaseModel):\n    name: str\n    berths: int = 3\n';
const before = 'from fastapi import FastAPI\nfrom models import Harbour\n\napp = FastAPI()\n\n\n@app.get("/")\nasync def read() -> dict[str, object]:\n    harbour = Harbour(name="Alma")\n    return {"berths": harbour';
const main = `${before}}\n`;

/** An app in which a dot behind a name asks for the fields of a model of another file. */
export const harbour: readonly AppFile[] = [{ path: 'main.py', content: main }, { path: 'models.py', content: models }];
/** Where the dot goes: behind these words, which stand there once. */
export const words = '"berths": harbour';
/** The same as a place. */
export const place: Position = { line: before.split('\n').length - 1, character: before.split('\n').at(-1)!.length };
/** What must be suggested. */
export const field = 'berths';
