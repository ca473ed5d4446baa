enum OptionTable {}
