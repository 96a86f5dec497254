import './provider.ts';
import './code.ts';
import './editor.ts';
import './deploy-status.ts';
import './metrics.ts';
import './logs.ts';
