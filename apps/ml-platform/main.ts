import { EdgeApp } from '../../lib';
import { mlPlatform } from './stack';

const app = new EdgeApp();
mlPlatform(app);
app.synth();
