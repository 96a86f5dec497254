import type { FapiBuilder, FapiEvent, Starter } from '@fapi/components';
import { useRef, useState } from 'react';

const starters: readonly Starter[] = [
  { title: 'Hello', summary: 'One file, one route.', files: [{ path: 'main.py', content: 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef hello() -> dict[str, str]:\n    return {"hello": "harbour"}\n' }] },
];

/** The apps at the left, the builder of the chosen one beside them, and what happened last on top. */
export function Portal({ server }: { server: string }) {
  const [appId, setAppId] = useState<string>();
  const [isOpen, setIsOpen] = useState(true);
  const [news, setNews] = useState('');
  const builder = useRef<FapiBuilder>(null);

  const onDeployEnd = ({ detail: { deployment } }: FapiEvent<'fapi-deploy-end'>) => setNews(`Deploy ${deployment.generation}: ${deployment.status}`);

  return (
    <fapi-provider className="page" baseUrl={server} tokenUrl="/portal/embed-token" onfapi-auth-error={() => setNews('Signed out')}>
      <header className="top">
        <h1>Harbour</h1>
        <output>{news}</output>
        <span className="grow" />
        {appId && <button type="button" onClick={() => builder.current?.show('logs')}>Logs</button>}
        <button type="button" aria-pressed={isOpen} onClick={() => setIsOpen(!isOpen)}>Builder</button>
      </header>
      <fapi-apps starters={starters} selected={appId} onfapi-app-select={({ detail }) => setAppId(detail.appId)} />
      {isOpen && appId
        ? <fapi-builder ref={builder} appId={appId} onfapi-dirty-change={({ detail }) => setNews(detail.isDirty ? 'Not saved' : 'Saved')} onfapi-deploy-end={onDeployEnd} />
        : <p className="hint">Choose an app, or make one.</p>}
    </fapi-provider>
  );
}
