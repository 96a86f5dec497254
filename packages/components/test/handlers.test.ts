import { Handlers } from '../src/elements/editor/handlers.ts';

function expectPlaces(files: Record<string, string>, wanted: Record<string, string | undefined>): void {
  const draft = Object.entries(files).map(([path, content]) => ({ path, content }));
  const handlers = new Handlers();
  const found = Object.keys(wanted).map((route) => {
    const [method, path] = route.split(' ') as [string, string];
    const place = handlers.find(draft, method, path);
    return [route, place && `${place.file}:${place.line}`];
  });
  if (JSON.stringify(found) !== JSON.stringify(Object.entries(wanted))) throw new Error(`got ${JSON.stringify(found)}`);
}

const items = 'from fastapi import APIRouter\n\nrouter = APIRouter(prefix="/items", tags=["items"])\n\n\n@router.get("/")\ndef list_items():\n    return []\n\n\n@router.get(\n    "/{item_id}",\n    response_model=dict,\n)\nasync def read_item(item_id: int):\n    return {}\n';

describe('the handler of a route', () => {
  it('is the function under its decorator, in every form that names the path', () => {
    expectPlaces(
      { 'main.py': 'import fastapi\n\napp: fastapi.FastAPI = fastapi.FastAPI(title="(")\n\n@app.get("/")\n@cached\nasync def read(): ...\n\n@app.post(path=\'/items\', status_code=201)\ndef add(): ...\n\n@app.api_route("/both", methods=["PUT", "delete"])\ndef both(): ...\n' },
      { 'GET /': 'main.py:7', 'POST /items': 'main.py:10', 'PUT /both': 'main.py:13', 'DELETE /both': 'main.py:13', 'GET /items': undefined },
    );
  });

  it('is found through routers of other files, by the prefixes on the way', () => {
    const main = 'from fastapi import FastAPI\nfrom routers import items\nfrom app.users import router as users_router\n\napp = FastAPI()\napp.include_router(items.router, prefix="/v1")\napp.include_router(users_router, prefix="/users")\n';
    const users = 'from fastapi import APIRouter\nrouter = APIRouter()\n\n@router.get("/")\ndef list_users(): ...\n';
    expectPlaces(
      { 'main.py': main, 'routers/__init__.py': '', 'routers/items.py': items, 'app/users.py': users },
      { 'GET /v1/items/': 'routers/items.py:7', 'GET /v1/items/{item_id}': 'routers/items.py:15', 'GET /users/': 'app/users.py:5', 'GET /items/': undefined },
    );
  });

  it('is found in a router inside a router, relative imports included', () => {
    expectPlaces(
      { 'main.py': 'from fastapi import FastAPI\nfrom api import router\napp = FastAPI()\napp.include_router(router, prefix="/api")\n', 'api/__init__.py': 'from fastapi import APIRouter\nfrom . import items\nrouter = APIRouter()\nrouter.include_router(items.router)\n', 'api/items.py': items },
      { 'GET /api/items/': 'api/items.py:7' },
    );
  });

  it('is not guessed where the text does not tell: said twice, a prefix that is computed, a router nobody includes', () => {
    const app = 'from fastapi import FastAPI\napp = FastAPI()\n';
    expectPlaces({ 'main.py': `${app}@app.get("/")\ndef a(): ...\n@app.get("/")\ndef b(): ...\n` }, { 'GET /': undefined });
    expectPlaces({ 'main.py': `${app}from items import router\napp.include_router(router, prefix=f"/{x}")\n`, 'items.py': items }, { 'GET /items/': undefined });
    expectPlaces({ 'main.py': app, 'items.py': items }, { 'GET /items/': undefined });
  });

  it('moves with the text', () => {
    const handlers = new Handlers();
    const place = (content: string) => handlers.find([{ path: 'main.py', content }], 'GET', '/')?.line;
    const source = 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/")\ndef a(): ...\n';
    if (place(source) !== 4 || place(`# one\n# two\n${source}`) !== 6 || place('') !== undefined) throw new Error('it stands where it stood');
  });
});
