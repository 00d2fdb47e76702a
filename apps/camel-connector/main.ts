import { EdgeApp } from '../../lib';
import { camelConnector } from './topology';

const app = new EdgeApp();
camelConnector(app);
app.synth();
