import { describe } from 'vitest';
import { startScaled } from './shapes/scaled.ts';
import { tellStory } from './story.ts';

describe('the story, scaled', () => tellStory(startScaled));
