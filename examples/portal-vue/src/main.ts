import '@fapi/components/define/apps';
import '@fapi/components/define/builder';
import '@fapi/components/define/provider';
import { createApp } from 'vue';
import Portal from './Portal.vue';
import './portal.css';

createApp(Portal, { server: __FAPI_URL__ }).mount('#root');

declare global {
  const __FAPI_URL__: string;
}
