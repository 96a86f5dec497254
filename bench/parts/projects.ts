import type { AppFile } from '@fapi/sdk/contract';

export interface Project {
  name: 'hello' | 'medium';
  what: string;
  /** `/word` answers `word`. */
  files(word: string): AppFile[];
  /** The one file that holds the word. */
  main(word: string): AppFile[];
}

const hello = (word: string): AppFile[] => [{ path: 'main.py', content: `from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/word")\ndef read_word() -> str:\n    return "${word}"\n` }];

/** 26 files: 10 routers with 5 routes each, 12 model modules with 5 models each. */
function medium(word: string): AppFile[] {
  const models = Array.from({ length: 12 }, (_, n) => ({
    path: `models/group_${n}.py`,
    content: `from pydantic import BaseModel, Field\n\n${Array.from({ length: 5 }, (_, m) => `\nclass Model${n}x${m}(BaseModel):\n    id: int\n    name: str = Field(max_length=80)\n    tags: list[str] = []\n    price: float | None = None\n`).join('\n')}`,
  }));
  const routers = Array.from({ length: 10 }, (_, n) => ({
    path: `routers/group_${n}.py`,
    content: `from fastapi import APIRouter, Depends, Query\n\nfrom models.group_${n} import ${Array.from({ length: 5 }, (_, m) => `Model${n}x${m}`).join(', ')}\n\nrouter = APIRouter(prefix="/group-${n}", tags=["group-${n}"])\n\n\ndef page(limit: int = Query(10, le=100), offset: int = 0) -> tuple[int, int]:\n    return limit, offset\n\n${Array.from({ length: 5 }, (_, m) => `\n@router.post("/items-${m}", response_model=Model${n}x${m})\ndef create_${m}(item: Model${n}x${m}, at: tuple[int, int] = Depends(page)):\n    return item\n`).join('\n')}`,
  }));
  const main = `from fastapi import FastAPI\n\nfrom routers import ${routers.map((_, n) => `group_${n}`).join(', ')}\n\napp = FastAPI()\n${routers.map((_, n) => `app.include_router(group_${n}.router)`).join('\n')}\n\n\n@app.get("/word")\ndef read_word() -> str:\n    return "${word}"\n`;
  return [{ path: 'main.py', content: main }, { path: 'models/__init__.py', content: '' }, { path: 'routers/__init__.py', content: '' }, { path: 'settings.py', content: 'page_limit = 100\n' }, ...models, ...routers];
}

const makeProject = (name: Project['name'], what: string, files: Project['files']): Project => ({ name, what, files, main: (word) => files(word).filter(({ path }) => path === 'main.py') });

export const projects = { hello: makeProject('hello', 'one route', hello), medium: makeProject('medium', '26 files, 51 routes, 60 models', medium) } as const;
export const projectNames = ['hello', 'medium'] as const;
