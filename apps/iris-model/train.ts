import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJson, trainIris } from './training';

const { model, trainingAccuracy, heldOutAccuracy } = trainIris();
writeFileSync(join(__dirname, 'model.json'), toJson(model));
console.log(`training accuracy ${trainingAccuracy.toFixed(4)}`);
console.log(`held-out accuracy ${heldOutAccuracy.toFixed(4)}`);
