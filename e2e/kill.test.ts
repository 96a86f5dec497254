import { describe } from 'vitest';
import { tellCampaign } from './campaign/tell-campaign.ts';
import { startEmbedded } from './shapes/embedded.ts';

/** The short form of kill-campaign.slow.test.ts. */
describe('killed at seeded moments, embedded', () => tellCampaign(startEmbedded, 3, ['server']));
