// Made by "npm run docs" from the docstrings of the elements.
import type { HTMLAttributes, PublicProps } from 'vue';
import type { FapiApps, FapiBuilder, FapiCode, FapiConflict, FapiConvert, FapiDeployStatus, FapiEditor, FapiEvent, FapiEventDetails, FapiFileTree, FapiFind, FapiHistory, FapiLogs, FapiMetrics, FapiPalette, FapiPreview, FapiProvider, FapiSettings, FapiTry } from '@fapi/components';

type Listeners<Names extends keyof FapiEventDetails> = { [Name in Names as `on${Capitalize<Camel<Name>>}`]?: ((event: FapiEvent<Name>) => void) | undefined };
type Camel<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name;
type Of<Element extends HTMLElement, Properties extends keyof Element, Names extends keyof FapiEventDetails> =
  new () => { $props: HTMLAttributes & PublicProps & { [Name in Properties]?: Element[Name] | undefined } & Listeners<Names> };

declare module 'vue' {
  interface GlobalComponents {
    'fapi-apps': Of<FapiApps, 'client' | 'starters' | 'hrefOf' | 'selected' | 'view' | 'storageKey' | 'readonly', 'fapi-apps-change' | 'fapi-app-select' | 'fapi-app-create-request' | 'fapi-app-create' | 'fapi-app-clone-request' | 'fapi-app-clone' | 'fapi-app-delete-request' | 'fapi-app-delete' | 'fapi-ready' | 'fapi-error'>;
    'fapi-builder': Of<FapiBuilder, 'appId' | 'panels' | 'storageKey' | 'readonly' | 'autosave' | 'client', keyof FapiEventDetails>;
    'fapi-code': Of<FapiCode, 'path' | 'language' | 'readonly' | 'wrap' | 'label' | 'name' | 'value' | 'findings' | 'areFindingsStale' | 'intelligence', 'fapi-input' | 'fapi-cursor' | 'fapi-fix' | 'fapi-error'>;
    'fapi-conflict': Of<FapiConflict, 'conflict' | 'mine', never>;
    'fapi-convert': Of<FapiConvert, 'conversion' | 'files', never>;
    'fapi-deploy-status': Of<FapiDeployStatus, 'appId' | 'readonly' | 'client', 'fapi-open-location' | 'fapi-open-variable' | 'fapi-open-entry' | 'fapi-deploy-request' | 'fapi-deploy-start' | 'fapi-deploy-stage' | 'fapi-deploy-end' | 'fapi-draft-take' | 'fapi-ready' | 'fapi-error'>;
    'fapi-editor': Of<FapiEditor, 'appId' | 'readonly' | 'autosave' | 'client' | 'recall', 'fapi-dirty-change' | 'fapi-save' | 'fapi-conflict' | 'fapi-deploy-request' | 'fapi-deploy-start' | 'fapi-deploy-end' | 'fapi-open-variable' | 'fapi-open-deployment' | 'fapi-layout-change' | 'fapi-ready' | 'fapi-error'>;
    'fapi-file-tree': Of<FapiFileTree, 'paths' | 'active' | 'dirty' | 'marks' | 'people' | 'readonly' | 'said' | 'saidGoes' | 'saidMs' | 'canUndo', never>;
    'fapi-find': Of<FapiFind, 'files' | 'readonly', never>;
    'fapi-history': Of<FapiHistory, 'appId' | 'readonly' | 'client', 'fapi-revert-request' | 'fapi-deploy-start' | 'fapi-draft-take' | 'fapi-app-clone-request' | 'fapi-app-clone' | 'fapi-ready' | 'fapi-error'>;
    'fapi-logs': Of<FapiLogs, 'appId' | 'level' | 'generation' | 'query' | 'paused' | 'wrap' | 'storageKey' | 'client', 'fapi-open-location' | 'fapi-follow-change' | 'fapi-ready' | 'fapi-error'>;
    'fapi-metrics': Of<FapiMetrics, 'appId' | 'client', 'fapi-ready' | 'fapi-error'>;
    'fapi-palette': Of<FapiPalette, 'entries' | 'heading' | 'placeholder', never>;
    'fapi-preview': Of<FapiPreview, 'appId' | 'path' | 'client', 'fapi-preview-navigate' | 'fapi-ready' | 'fapi-error'>;
    'fapi-provider': Of<FapiProvider, 'baseUrl' | 'tokenUrl' | 'locale' | 'journal' | 'fetchToken' | 'client', keyof FapiEventDetails>;
    'fapi-settings': Of<FapiSettings, 'appId' | 'section' | 'readonly' | 'client' | 'operator', 'fapi-environment-save' | 'fapi-deploy-request' | 'fapi-deploy-start' | 'fapi-app-delete-request' | 'fapi-app-delete' | 'fapi-ready' | 'fapi-error'>;
    'fapi-try': Of<FapiTry, 'appId' | 'openapiPath' | 'path' | 'method' | 'client', 'fapi-try-response' | 'fapi-open-logs' | 'fapi-ready' | 'fapi-error'>;
  }
}
