import { describe } from 'vitest';
import { startEmbedded } from './shapes/embedded.ts';
import { tellStory } from './story.ts';

describe('the story, embedded', () => tellStory(startEmbedded));
