CREATE TABLE systems (
    study VARCHAR(120) NOT NULL,
    label VARCHAR(120) NOT NULL,
    learner VARCHAR(60) NOT NULL,
    tuner VARCHAR(60) NOT NULL,
    position INTEGER NOT NULL,
    space JSON NOT NULL,
    state VARCHAR(20) NOT NULL,
    overhead FLOAT NOT NULL,
    selected INTEGER,
    note TEXT NOT NULL,
    rules JSON,
    PRIMARY KEY (study, label)
);
CREATE TABLE trials (
    study VARCHAR(120) NOT NULL,
    system VARCHAR(120) NOT NULL,
    number INTEGER NOT NULL,
    state VARCHAR(20) NOT NULL,
    config JSON NOT NULL,
    seed INTEGER NOT NULL,
    epochs_planned INTEGER NOT NULL,
    first_epoch INTEGER NOT NULL,
    parent INTEGER,
    asked INTEGER NOT NULL,
    told INTEGER,
    repeat_of INTEGER,
    dev_error FLOAT,
    class_errors JSON NOT NULL,
    epochs INTEGER NOT NULL,
    best_epoch INTEGER NOT NULL,
    seconds FLOAT NOT NULL,
    reason TEXT NOT NULL,
    started FLOAT NOT NULL,
    PRIMARY KEY (study, system, number)
);
CREATE TABLE epochs (
    study VARCHAR(120) NOT NULL,
    system VARCHAR(120) NOT NULL,
    trial INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    train_loss FLOAT,
    train_error FLOAT,
    dev_loss FLOAT NOT NULL,
    dev_error FLOAT NOT NULL,
    seconds FLOAT NOT NULL,
    dev_answers INTEGER,
    PRIMARY KEY (study, system, trial, epoch)
)
