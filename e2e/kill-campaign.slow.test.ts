import { describe } from 'vitest';
import { tellCampaign } from './campaign/tell-campaign.ts';
import { startEmbedded } from './shapes/embedded.ts';
import { startScaled } from './shapes/scaled.ts';

/** In the slow lane 20 rounds, about five minutes on two cores that nobody else uses. `npm run test:kill` sets 100: each victim of the scaled shape falls 12 times and more. */
const rounds = Number(process.env['FAPI_KILL_ROUNDS'] || 20);
const embedded = Math.round(rounds / 4);

describe('killed at seeded moments, embedded', () => tellCampaign(startEmbedded, embedded, ['server', 'agent', 'gateway']));
describe('killed at seeded moments, scaled', () => tellCampaign(startScaled, rounds - embedded, ['server', 'controller', 'agent', 'gateway', 'nats', 'postgres']));
