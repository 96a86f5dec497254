// Before the first render: React sets properties only on elements that are defined.
import '@fapi/components/define/apps';
import '@fapi/components/define/builder';
import '@fapi/components/define/provider';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Portal } from './portal.tsx';
import './portal.css';

createRoot(document.getElementById('root')!).render(<StrictMode><Portal server={__FAPI_URL__} /></StrictMode>);

declare global {
  const __FAPI_URL__: string;
}
