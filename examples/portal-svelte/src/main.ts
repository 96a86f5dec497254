import '@fapi/components/define/apps';
import '@fapi/components/define/builder';
import '@fapi/components/define/provider';
import { mount } from 'svelte';
import Portal from './Portal.svelte';
import './portal.css';

mount(Portal, { target: document.getElementById('root')!, props: { server: __FAPI_URL__ } });

declare global {
  const __FAPI_URL__: string;
}
