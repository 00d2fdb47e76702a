import { EdgeApp } from '../../lib';
import { providerMq } from './topology';

const app = new EdgeApp();
providerMq(app);
app.synth();
