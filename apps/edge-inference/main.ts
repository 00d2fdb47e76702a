import { EdgeApp } from '../../lib';
import { EXAMPLE_SETTINGS } from './settings';
import { edgeInference } from './topology';

const app = new EdgeApp();
edgeInference(app, EXAMPLE_SETTINGS);
app.synth();
