import { describe } from 'vitest';
import { tellCampaign } from './campaign/tell-campaign.ts';
import { startEmbedded } from './shapes/embedded.ts';
import { startScaled } from './shapes/scaled.ts';

/** About five minutes on two cores. */
describe('killed at seeded moments, embedded', () => tellCampaign(startEmbedded, 20, ['server']));
describe('killed at seeded moments, scaled', () => tellCampaign(startScaled, 20, ['server', 'controller', 'nats', 'postgres']));
