import type {} from 'file-transfer-elements/react';
